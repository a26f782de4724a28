import { type MapOptions, wooCommerceOrder } from "@avantlink-s2s/orders/woocommerce";
import { expect, test } from "vitest";
import { WOOCOMMERCE_ORDER } from "../fixtures/woocommerce.ts";
import { accepted } from "../mapper-suite.ts";

/** As a shop in plain JavaScript calls it. */
const map = (options: object, changes: object = {}) =>
  wooCommerceOrder({ ...WOOCOMMERCE_ORDER, ...changes }, { newCustomer: true, ...options } as MapOptions);
const rejected = async () => {
  throw new TypeError("async");
};

test.each([
  ["an async function", async () => false],
  ["an async function that rejects", rejected],
  ["a text", () => "paid"],
  ["nothing", () => undefined],
])("takes no answer of isPaid but true and false: %s is an issue", (_what, isPaid) => {
  for (const status of ["processing", "pending"])
    expect(map({ isPaid }, { status })).toMatchObject({
      status: "unmappable",
      issues: [{ path: "isPaid", message: expect.stringContaining("neither true nor false") }],
    });
});

test("takes isPaid: false at its word", () => {
  expect(map({ isPaid: false })).toMatchObject({
    status: "unpaid",
    issues: [{ message: expect.stringContaining("isPaid said so") }],
  });
});

test.each([
  ["an async function", async () => false],
  ["an async function that rejects", rejected],
  ["a text", () => "no"],
])("says that isGoods gave neither true nor false: %s", (_what, isGoods) => {
  const mapped = accepted(map({ isGoods }));
  expect(mapped.order).toEqual(accepted(map({})).order);
  expect(mapped.findings[0]).toMatchObject({
    path: "line_items[0]",
    message: expect.stringMatching(/isGoods/),
  });
});

test("takes a whole number as a SKU, and says that another answer is none", () => {
  expect(accepted(map({ sku: () => 4711 })).order.products[0]?.sku).toBe("4711");
  for (const answer of [4.5, {}, true, rejected()]) {
    const mapped = accepted(map({ sku: () => answer }));
    expect(mapped.order).toEqual(accepted(map({})).order);
    expect(mapped.findings[0]).toMatchObject({
      path: "line_items[0]",
      message: expect.stringContaining("neither text nor a whole number"),
    });
  }
});
