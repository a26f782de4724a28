import { createTracker } from "@avantlink-s2s/core";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { expect, onTestFinished, test } from "vitest";
import { runCommand } from "../../support/command-line.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";
import { outboxAt } from "../../support/outboxes.ts";
import { STORES } from "../stores.ts";

const NEW_ID = "00000000-0000-4000-8000-000000000001";
const [store] = STORES;

test("what waits under a former merchant ID is delivered, though the shop with the new one has put it off", async () => {
  const { address, named } = await (store ?? expect.unreachable()).make();
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const outbox = await outboxAt(address);
  const [former, present] = [MERCHANT_ID, NEW_ID].map((merchantId) =>
    createTracker({ merchantId, endpoint: sandbox.url, outbox, deliver: false, onEvent: () => {} }),
  );
  await former?.trackOrder(anOrder(), aContext());
  expect(await present?.deliverDue()).toMatchObject({ delivered: 0, retrying: 1 });
  const env = { AVANTLINK_MERCHANT_ID: MERCHANT_ID, AVANTLINK_ENDPOINT: sandbox.url };
  const { code, stdout } = await runCommand(["outbox", "deliver", ...named, "--json"], { env });
  expect(JSON.parse(stdout)).toMatchObject({ delivered: 1, waiting: 0 });
  expect(code).toBe(0);
  expect(sandbox.orders).toMatchObject([{ merchantId: MERCHANT_ID }]);
});
