import { type Order, toOrderPayload } from "@avantlink-s2s/core";
import { expect, test } from "vitest";
import { orderSummary } from "../../../packages/core/src/order/order-summary.ts";
import { aContext, anOrder } from "../../support/orders.ts";

function summaryOf(order: Partial<Order>, context = aContext()) {
  const result = toOrderPayload(anOrder(order), context);
  if (!result.ok) throw result.error;
  return orderSummary(result.payload);
}

test("a summary holds currency, subtotal, number of lines and a hash, and nothing in clear", () => {
  expect(summaryOf({ currency: "eur" })).toEqual({
    contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
    currency: "EUR",
    subtotal: 261.95,
    lines: 2,
  });
});

test("the hash is the same for whatever is known of the shopper, and another for other lines or amounts", () => {
  const { contentHash } = summaryOf({});
  expect(summaryOf({ customer: {}, couponCodes: [] }, {}).contentHash).toBe(contentHash);
  const others = [
    { subtotal: 1 },
    { currency: "CAD" },
    { products: anOrder().products.slice(1) },
    { products: anOrder().products.map((line) => ({ ...line, sku: `${line.sku}-2` })) },
  ];
  for (const other of others) expect(summaryOf(other).contentHash).not.toBe(contentHash);
});
