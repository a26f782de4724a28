import fc from "fast-check";
import { expect, test } from "vitest";
import { createDelivery, orderNumberOf } from "../../../packages/core/src/delivery/deliver.ts";
import { TransportError } from "../../../packages/core/src/delivery/transport.ts";
import { readConfig } from "../../../packages/core/src/options/config.ts";
import { toOrderPayload } from "../../../packages/core/src/order/payload.ts";
import { testClock } from "../../support/clock.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";

const bodyOf = (orderNumber: string, userAgent: string): string => {
  const result = toOrderPayload(anOrder({ orderNumber }), aContext({ userAgent }));
  if (!result.ok) throw result.error;
  return JSON.stringify(result.payload);
};

test.each([
  ["1001", "Firefox"],
  ['say "1001"', "Firefox"],
  ["back\\slash", "Firefox"],
  ["Bestellung 7 ä", "Firefox"],
  ["1001", '"order":{"order_number":"666"}'],
  ["1001", '\\"order":{"order_number":"666"}\\'],
])("the number of order %s is read from its body, whatever stands around it", (orderNumber, userAgent) => {
  expect(orderNumberOf(bodyOf(orderNumber, userAgent))).toBe(orderNumber);
});

test("the number is that of the parsed body, for any number and any neighbour", () => {
  const any = fc.string({ minLength: 1, maxLength: 40, unit: "binary" });
  fc.assert(
    fc.property(any, any, (orderNumber, userAgent) => {
      fc.pre(toOrderPayload(anOrder({ orderNumber })).ok);
      const body = bodyOf(orderNumber, userAgent);
      expect(orderNumberOf(body)).toBe(JSON.parse(body).order.order_number);
    }),
  );
});

test.each(["", "no JSON", "[]", "{}", '{"order":null}', '{"order":{"order_number":7}}'])(
  "a body %j has none",
  (body) => {
    expect(orderNumberOf(body)).toBe("");
  },
);

test("an AvantLink that is not reached is asked again after a while only, until it answers anything", async () => {
  const clock = testClock();
  let reachable = false;
  const nothing = () => {};
  const delivery = createDelivery(
    readConfig({ merchantId: MERCHANT_ID, mode: "live", runtime: clock }, {}),
    {
      async post() {
        if (reachable) return { status: 500, retryAfter: undefined, body: "" };
        throw new TransportError("Refused", false);
      },
      async close() {},
    },
    nothing,
    { delivered: nothing, deliveredDirectly: nothing, dead: nothing, failed: nothing, clickDone: nothing },
  );
  const deliver = () =>
    delivery.deliverOrder({
      key: "k",
      kind: "order",
      orderNumber: "1",
      body: "{}",
      acceptedAt: clock.now(),
      attempts: 0,
    });
  // What nothing holds up is settled once each promise that it stands on is.
  const waits = async (delivery: Promise<unknown>) => {
    let waiting = true;
    void delivery.then(() => {
      waiting = false;
    });
    await new Promise(setImmediate);
    return waiting;
  };

  for (let count = 0; count < 50; count++) expect(await waits(deliver())).toBe(false);
  const held = deliver();
  expect(await waits(held)).toBe(true);
  clock.advance(100);
  expect(await waits(held)).toBe(false);
  reachable = true;
  expect(await waits(deliver())).toBe(false);
  reachable = false;
  expect(await waits(deliver())).toBe(false);
});
