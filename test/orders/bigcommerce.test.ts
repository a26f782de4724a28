import { bigCommerceOrder } from "@avantlink-s2s/orders/bigcommerce";
import { expect, test } from "vitest";
import { allocate, major, sum } from "./carts.ts";
import { BIGCOMMERCE_COUPONS, BIGCOMMERCE_ORDER, BIGCOMMERCE_PRODUCTS } from "./fixtures/bigcommerce.ts";
import { accepted, describeMapper } from "./mapper-suite.ts";

const CALLS = { products: BIGCOMMERCE_PRODUCTS, coupons: BIGCOMMERCE_COUPONS };
const [BRUSHES] = BIGCOMMERCE_PRODUCTS;

describeMapper("bigCommerceOrder", {
  // The suite changes one document: the order with the answers of its other calls in it, which is taken as well.
  map: bigCommerceOrder,
  fixture: { ...BIGCOMMERCE_ORDER, ...CALLS },
  order: {
    orderNumber: "218",
    currency: "USD",
    subtotal: "87.90",
    couponCodes: ["S2549JM0Y", "FREESHIP"],
    customer: { newCustomer: true, country: "US", state: "Texas", id: "11" },
    products: [
      { sku: "BRUSH", unitPrice: "13.18", quantity: 2 },
      { sku: "BRUSH", unitPrice: "13.19", quantity: 2 },
      { sku: "STOVE", unitPrice: "35.16", quantity: 1 },
    ],
  },
  unpaid: { payment_status: "authorized" },
  notMapped: [
    ["is only authorized", "unpaid", { payment_status: "authorized" }],
    ["awaits payment", "unpaid", { payment_status: "", status_id: 7 }],
    ["was declined", "unpaid", { payment_status: "declined" }],
    ["was cancelled after it was paid", "unpaid", { payment_status: "captured", status_id: 5 }],
    ["was deleted", "unpaid", { is_deleted: true }],
    ["has no status", "unmappable", { payment_status: undefined, status_id: undefined }],
    ["has a link where its products are", "unmappable", { products: BIGCOMMERCE_ORDER.products }],
    ["has a line without a total", "unmappable", { products: [{ ...BRUSHES, total_ex_tax: undefined }] }],
    [
      "has a line that does not say what came off it",
      "unmappable",
      { products: [{ ...BRUSHES, applied_discounts: undefined }] },
    ],
    [
      "has a page of its lines",
      "unmappable",
      {
        items_total: 90,
        products: Array(50)
          .fill(BRUSHES)
          .map((line) => ({ ...line, quantity: 1 })),
      },
    ],
  ],
  build: (cart) => {
    const rate = cart.taxRate / 10_000;
    const write = (minor: number) => (minor / 10 ** cart.digits).toFixed(4);
    const amounts = cart.lines.map(({ unit, quantity }) => unit * quantity);
    const ex = (amount: number) => (cart.taxIncluded ? amount / (1 + rate) : amount);
    const inc = (amount: number) => (cart.taxIncluded ? amount : amount * (1 + rate));
    const shares = allocate(
      cart.discount,
      cart.lines.map(({ discount }, index) => (amounts[index] ?? 0) - discount),
    );
    const lines = cart.lines.map(({ sku, quantity, discount }, index) => ({
      sku,
      quantity,
      type: "physical",
      total_ex_tax: write(ex(amounts[index] ?? 0)),
      total_inc_tax: write(inc(amounts[index] ?? 0)),
      applied_discounts: [
        { amount: write(discount), target: "product" },
        { amount: write(shares[index] ?? 0), code: "X", target: "order" },
      ],
    }));
    const exact = cart.lines.map(({ discount }, index) =>
      ex((amounts[index] ?? 0) - discount - (shares[index] ?? 0)),
    );
    return {
      document: {
        ...BIGCOMMERCE_ORDER,
        default_currency_code: cart.currency,
        is_tax_inclusive_pricing: cart.taxIncluded,
        items_total: sum(cart.lines.map(({ quantity }) => quantity)),
        shipping_cost_ex_tax: write(ex(cart.shipping)),
        wrapping_cost_ex_tax: "0.0000",
        total_ex_tax: major(Math.round(sum(exact) + ex(cart.shipping)), cart.digits),
        coupons: [],
      },
      options: { products: lines },
      sold: cart.lines.map(({ sku, quantity }, index) => ({ sku, quantity, exact: exact[index] ?? 0 })),
    };
  },
});

test("takes products and coupons from their own calls, and says which call is missing", () => {
  const { order } = accepted(bigCommerceOrder(BIGCOMMERCE_ORDER, CALLS));
  expect(order).toMatchObject({ subtotal: "87.90", couponCodes: ["S2549JM0Y", "FREESHIP"] });
  const answer = bigCommerceOrder(BIGCOMMERCE_ORDER);
  expect(answer.status === "mapped" ? [] : answer.issues).toMatchObject([
    { path: "products", message: expect.stringContaining("/v2/orders/") },
  ]);
  const couponless = accepted(bigCommerceOrder(BIGCOMMERCE_ORDER, { products: BIGCOMMERCE_PRODUCTS }));
  expect(couponless.order.couponCodes).toEqual(["S2549JM0Y"]);
  expect(couponless.findings).toMatchObject([{ code: "mapper.incomplete", path: "coupons" }]);
});

test.each(["", null, []])("takes %j as the answer of an order without coupons", (coupons) => {
  const order = {
    ...BIGCOMMERCE_ORDER,
    coupons: { url: "https://api.example", resource: "/orders/1/coupons" },
  };
  const mapped = accepted(bigCommerceOrder(order, { ...CALLS, coupons, newCustomer: true }));
  expect(mapped.findings).toEqual([]);
});

test("maps no webhook's body, which holds the order's number and nothing else", () => {
  const webhook = { scope: "store/order/created", data: { type: "order", id: 250 }, producer: "stores/x" };
  expect(bigCommerceOrder(webhook)).toMatchObject({ status: "unmappable", orderNumber: "250" });
});

test("takes the tax out of discounts where prices include it", () => {
  // 120.00 with 20 % tax is 100.00; 12.00 off is 10.00 net.
  const line = {
    sku: "TENT",
    type: "physical",
    quantity: 1,
    total_ex_tax: "100.0000",
    total_inc_tax: "120.0000",
    applied_discounts: [{ amount: "12.0000" }],
  };
  const order = {
    ...BIGCOMMERCE_ORDER,
    is_tax_inclusive_pricing: true,
    items_total: 1,
    total_ex_tax: "100.5000",
  };
  const mapped = accepted(bigCommerceOrder(order, { products: [line], coupons: [] }));
  expect(mapped.order).toMatchObject({ subtotal: "90.00", products: [{ unitPrice: "90.00" }] });
  expect(mapped.findings).toEqual([]);
});

test("goes by the order's status where the payment has none", () => {
  expect(bigCommerceOrder({ ...BIGCOMMERCE_ORDER, payment_status: "", status_id: 10 }, CALLS).status).toBe(
    "mapped",
  );
});

test("takes an order whose lines fill no page as it is, whatever the order counts as items", () => {
  expect(bigCommerceOrder({ ...BIGCOMMERCE_ORDER, items_total: 9 }, CALLS).status).toBe("mapped");
});

test.each([
  ["pending", 11, "mapped"],
  ["pending", 2, "mapped"],
  ["pending", 7, "unpaid"],
  ["authorized", 11, "unpaid"],
  ["captured", 7, "mapped"],
  ["captured", 4, "unpaid"],
])("answers an order whose payment is %s in status %d with %s", (payment_status, status_id, expected) => {
  expect(bigCommerceOrder({ ...BIGCOMMERCE_ORDER, payment_status, status_id }, CALLS).status).toBe(expected);
});
