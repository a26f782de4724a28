import { createTracker, packContext, type TrackingContext, unpackContext } from "@avantlink-s2s/core";
import { adapterOf, type RawRequest } from "@avantlink-s2s/core/adapter";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, describe, expect, test } from "vitest";
import { anOrder, MERCHANT_ID } from "../../support/orders.ts";

const sandbox = await startSandbox();
afterAll(() => sandbox.close());

const aTracker = (consent?: () => boolean) =>
  createTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url, consent, onEvent() {} });

const webhook = (): RawRequest => ({
  source: {},
  method: "POST",
  target: "/webhook",
  header: () => undefined,
  headers: () => new Headers(),
  origin: () => "https://shop.example",
  ipAddress: () => "203.0.113.7",
});

const mapped = (context: TrackingContext) =>
  ({ status: "mapped", order: anOrder(), context, findings: [] }) as const;

/** A context as a shop's own database gave it back. */
const stored = (fields: object): TrackingContext => ({ avad: "77_f3", ...fields });

describe("a choice that a database gave back in another form", () => {
  test.each<[string, object, string]>([
    ["gpc 1", { gpc: 1 }, "privacy-signal"],
    ["gpc '1'", { gpc: "1" }, "privacy-signal"],
    ["gpc 'true'", { gpc: "true" }, "privacy-signal"],
    ["consent false", { consent: false }, "consent"],
    ["consent 'DENIED'", { consent: "DENIED" }, "consent"],
    ["consent 0", { consent: 0 }, "consent"],
  ])("denies: %s", async (_, fields, reason) => {
    const denied = { status: "skipped", reason };
    expect(await aTracker().trackOrder(anOrder(), stored(fields))).toMatchObject(denied);
    expect(await aTracker().trackOrder(mapped(stored(fields)))).toMatchObject(denied);
    const packed = unpackContext(packContext(stored(fields)));
    expect(await aTracker().trackOrder(anOrder(), packed)).toMatchObject(denied);
  });

  test.each<[string, object]>([
    ["gpc 0", { gpc: 0 }],
    ["gpc null", { gpc: null }],
    ["gpc 'false'", { gpc: "false" }],
    ["consent null", { consent: null }],
    ["consent true", { consent: true }],
  ])("allows: %s", async (_, fields) => {
    expect(await aTracker().trackOrder(anOrder(), stored(fields))).toMatchObject({ status: "accepted" });
  });
});

test("the consent hook is asked about a webhook whose order carries an empty context", async () => {
  const receipt = await adapterOf(aTracker(() => false)).trackOrder(mapped({}), webhook);
  expect(receipt).toMatchObject({ status: "skipped", reason: "consent" });
});
