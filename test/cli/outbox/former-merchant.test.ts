import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { createTracker } from "@avantlink-s2s/core";
import { orderKey } from "@avantlink-s2s/core/adapter";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { expect, onTestFinished, test } from "vitest";
import { runCommand } from "../../support/command-line.ts";
import { eventLog } from "../../support/events.ts";
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

test("an order that was left to another merchant until it was given up was sent never", async () => {
  const { address, named } = await (store ?? expect.unreachable()).make();
  const outbox = await outboxAt(address);
  const { onEvent, waitFor } = eventLog();
  const present = createTracker({ merchantId: NEW_ID, mode: "live", outbox, deliver: false, onEvent });
  await present.start();
  const key = orderKey(MERCHANT_ID, "1");
  await outbox.put({
    key,
    kind: "order",
    orderNumber: "1",
    body: "{}",
    acceptedAt: Date.now() - 8 * 86_400_000,
  });
  expect(await present.deliverDue()).toMatchObject({ dead: 1 });
  expect(await waitFor("dead")).toMatchObject([{ attempts: 0, error: { code: "outbox.other-merchant" } }]);
  const { stdout } = await runCommand(["outbox", "show", "1", ...named]);
  expect(stdout).toMatch(/^sent +never$/m);
  await present.close();
});

test("an order that failed is not forgotten while those that were put off are waited for", async () => {
  const { address, named } = await (store ?? expect.unreachable()).make();
  const avantlink = createServer(async (request, response) => {
    const fails = (await text(request)).includes('"F-1"');
    response.writeHead(fails ? 503 : 200, { "content-type": "application/json" });
    response.end(JSON.stringify({ success: !fails }));
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void avantlink.close());
  await once(avantlink, "listening");
  const endpoint = `http://127.0.0.1:${(avantlink.address() as AddressInfo).port}`;
  const outbox = await outboxAt(address);
  const [former, present] = [MERCHANT_ID, NEW_ID].map((merchantId) =>
    createTracker({ merchantId, endpoint, outbox, deliver: false, onEvent: () => {} }),
  );
  await former?.start();
  // An older order is put off for longer, so that the command has to wait for it.
  const acceptedAt = Date.now() - 4_000;
  await outbox.put({
    key: orderKey(MERCHANT_ID, "1"),
    kind: "order",
    orderNumber: "1",
    body: "{}",
    acceptedAt,
  });
  await present?.deliverDue();
  await former?.trackOrder(anOrder({ orderNumber: "F-1" }), aContext());
  const env = { AVANTLINK_MERCHANT_ID: MERCHANT_ID, AVANTLINK_ENDPOINT: endpoint };
  const { code, stdout } = await runCommand(["outbox", "deliver", ...named, "--json"], { env });
  expect(JSON.parse(stdout)).toMatchObject({ delivered: 1, retrying: 1, waiting: 1 });
  expect(code).toBe(3);
});
