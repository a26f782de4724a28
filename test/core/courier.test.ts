import fc from "fast-check";
import { expect, test } from "vitest";
import { orderNumberOf } from "../../packages/core/src/courier.ts";
import { toOrderPayload } from "../../packages/core/src/order-payload.ts";
import { aContext, anOrder } from "../support/orders.ts";

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
