import type { Order } from "@avantlink-s2s/core";
import { expect, test } from "vitest";
import { readConfig } from "../../../packages/core/src/options/config.ts";
import { decide } from "../../../packages/core/src/tracker/decide.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";

const config = readConfig({ merchantId: MERCHANT_ID, mode: "live" }, {});

/** What an outbox keeps of an order after its body is erased. */
function summaryOf(order: Partial<Order>, context = aContext()) {
  const decision = decide(anOrder(order), { given: context }, config);
  return decision.kind === "send" && decision.job.summary ? decision.job.summary : expect.unreachable();
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
