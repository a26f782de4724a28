import { toOrderPayload } from "@avantlink-s2s/core";
import { shopifyOrder } from "@avantlink-s2s/orders/shopify";
import { expect, test } from "vitest";
import { allocate, type Cart, major, sum, taxOn } from "./carts.ts";
import { SHOPIFY_GRAPHQL, SHOPIFY_ORDER } from "./fixtures/shopify.ts";
import { BROWSER, PACKED, PACKED_CONTEXT } from "./fixtures/shopper.ts";
import { accepted, describeMapper } from "./mapper-suite.ts";

const [CUPS, KETTLE, GIFT_CARD] = SHOPIFY_ORDER.line_items;

const ORDER = {
  orderNumber: "#1042",
  currency: "EUR",
  subtotal: "43.36",
  couponCodes: ["TENOFF"],
  customer: { newCustomer: true, country: "DE", state: "NW", id: "7011223344" },
  products: [
    { sku: "CUP-BLUE", unitPrice: "9.08", quantity: 3 },
    { sku: "KETTLE", unitPrice: "16.12", quantity: 1 },
  ],
};

describeMapper("shopifyOrder", {
  map: shopifyOrder,
  fixture: SHOPIFY_ORDER,
  order: ORDER,
  context: {
    avad: "77_f3afbe121",
    googleClickId: "Cj0KCQ+x",
    referrerUrl: "https://reviews.example/cups",
    ipAddress: "203.0.113.7",
    userAgent: BROWSER,
  },
  unpaid: { financial_status: "authorized" },
  notMapped: [
    ["is only authorized", "unpaid", { financial_status: "authorized" }],
    ["was refunded", "unpaid", { financial_status: "refunded" }],
    ["was cancelled", "unpaid", { cancelled_at: "2026-01-02T03:04:05Z" }],
    ["is a test", "test", { test: true }],
    ["has no status", "unmappable", { financial_status: undefined }],
    ["has no lines", "unmappable", { line_items: undefined }],
    ["does not say whether prices include tax", "unmappable", { taxes_included: undefined }],
    [
      "has a line with tax in it and no tax lines",
      "unmappable",
      { line_items: [{ ...CUPS, tax_lines: undefined }] },
    ],
    [
      "has a line that does not say what came off it",
      "unmappable",
      { line_items: [{ ...CUPS, discount_allocations: undefined }] },
    ],
    ["is in another currency than its prices", "unmappable", { currency: "CHF" }],
  ],
  build: (cart) => {
    const { lines, subtotal } = shopifyLines(cart);
    return {
      document: {
        ...SHOPIFY_ORDER,
        currency: cart.currency,
        line_items: lines.map(({ item }) => item),
        subtotal_price: major(subtotal, cart.digits),
        taxes_included: cart.taxIncluded,
      },
      sold: lines.flatMap(({ sold }) => (sold ? [sold] : [])),
    };
  },
});

function shopifyLines(cart: Cart) {
  const write = (minor: number) => major(minor, cart.digits);
  const after = cart.lines.map(({ unit, quantity, discount }) => unit * quantity - discount);
  const shares = allocate(cart.discount, after);
  const goods = cart.lines.map(({ sku, unit, quantity, discount }, index) => {
    const amount = (after[index] ?? 0) - (shares[index] ?? 0);
    const tax = taxOn(amount, cart);
    const item = {
      sku,
      price: write(unit),
      quantity,
      current_quantity: quantity,
      gift_card: false,
      // What is set on the line itself, without the order's discount.
      total_discount: write(discount),
      discount_allocations: [{ amount: write(discount) }, { amount: write(shares[index] ?? 0) }],
      tax_lines: cart.taxRate === 0 ? [] : [{ price: write(tax) }],
    };
    return { item, amount, sold: { sku, quantity, exact: cart.taxIncluded ? amount - tax : amount } };
  });
  const card = {
    sku: "GIFT",
    price: write(cart.giftCard ?? 0),
    quantity: 1,
    current_quantity: 1,
    gift_card: true,
    tax_lines: [],
    discount_allocations: [],
  };
  const lines = cart.giftCard === undefined ? goods : [...goods, { item: card, sold: undefined }];
  return { lines, subtotal: sum(goods.map(({ amount }) => amount)) + (cart.giftCard ?? 0) };
}

test("gives AvantLink the payload computed by hand for a discount on the order with tax in its prices", () => {
  const mapped = accepted(shopifyOrder(SHOPIFY_ORDER, { newCustomer: false }));
  const result = toOrderPayload(mapped.order, mapped.context);
  expect(result.ok && result.payload.order).toEqual({
    order_number: "#1042",
    order_amount_subtotal: 43.36,
    currency: "EUR",
    coupon_codes: ["TENOFF"],
    customer: { new_customer: false, country: "DE", region: "", state: "NW" },
    products: [
      { product_sku: "CUP-BLUE", product_amount: 9.08, quantity: 3 },
      { product_sku: "KETTLE", product_amount: 16.12, quantity: 1 },
    ],
  });
  expect(result.ok && result.payload).toMatchObject({
    tracking_ids: { user_id: ["7011223344"], avantlink_avad: "77_f3afbe121" },
    google_click_id: "Cj0KCQ+x",
    user_ip_address: "203.0.113.7",
  });
});

test("maps the order of the GraphQL API to the same", () => {
  const mapped = accepted(shopifyOrder(SHOPIFY_GRAPHQL, { newCustomer: true }));
  const id = "gid://shopify/Customer/7011223344";
  expect(mapped.order).toEqual({ ...ORDER, customer: { ...ORDER.customer, id } });
  expect(mapped.findings).toEqual([]);
  expect(mapped.context).toMatchObject({ avad: "77_f3afbe121", referrerUrl: "https://reviews.example/cups" });
  const { order } = SHOPIFY_GRAPHQL.data;
  const paged = { ...order, lineItems: { ...order.lineItems, pageInfo: { hasNextPage: true } } };
  expect(shopifyOrder({ data: { order: paged } })).toMatchObject({
    status: "unmappable",
    orderNumber: "#1042",
  });
});

test("unwraps the order of the REST API, and leaves tips out", () => {
  const line_items = [
    ...SHOPIFY_ORDER.line_items,
    { sku: null, price: "5.00", quantity: 1, tax_lines: [], tip_payment_gateway: null },
  ];
  expect(
    accepted(shopifyOrder({ order: { ...SHOPIFY_ORDER, line_items } }, { newCustomer: true })).order,
  ).toEqual(ORDER);
});

test.each([
  // the landing page → avad, gclid
  ["/?avad=1_old&avad=2_new", "2_new", undefined],
  ["/?avad=a%2Bb+c&gclid=x%20y", "a+b+c", "x y"],
  ["/?avad=100%", "100%", undefined],
  ["https://shop.example/p?x=avad=1#?avad=2", undefined, undefined],
  ["/avad=3", undefined, undefined],
  ["/?avad=4_query#&avad=5_fragment", "4_query", undefined],
  ["/?gclid=", undefined, undefined],
])("reads the click from the landing page %s", (landing_site, avad, googleClickId) => {
  const { context } = accepted(shopifyOrder({ ...SHOPIFY_ORDER, landing_site }));
  expect([context?.avad, context?.googleClickId]).toEqual([avad, googleClickId]);
});

test("prefers the context that the shop packed into the cart's attributes", () => {
  const note_attributes = Object.entries(PACKED).map(([name, value]) => ({ name, value }));
  const landing_site = "/?avad=9_landing";
  const { context } = accepted(shopifyOrder({ ...SHOPIFY_ORDER, landing_site, note_attributes }));
  expect(context).toEqual({
    referrerUrl: "https://reviews.example/cups",
    ipAddress: "203.0.113.7",
    ...PACKED_CONTEXT,
  });
});

/** The goods without the gift card: three cups for €32.42 and a kettle for €19.18. */
const GOODS = { ...SHOPIFY_ORDER, line_items: [CUPS, KETTLE], subtotal_price: "51.60" };
const TWO_CUPS = [{ ...CUPS, current_quantity: 2 }, KETTLE];
const ONE_CUP_BACK = { line_item_id: 11, quantity: 1, subtotal: "10.81" };

test("counts items that were refunded later, and leaves out those removed before the payment", () => {
  // Two of three cups are left. One was taken back against money.
  const refunded = {
    refund_line_items: [ONE_CUP_BACK],
    transactions: [{ kind: "refund", status: "success", amount: "10.81" }],
  };
  const later = {
    ...GOODS,
    financial_status: "partially_refunded",
    line_items: TWO_CUPS,
    refunds: [refunded],
  };
  const whole = accepted(shopifyOrder(later, { newCustomer: true }));
  expect(whole.order).toEqual(ORDER);
  expect(whole.findings).toEqual([]);
  // Or one was removed, and no money came back. The subtotal is that of either state.
  const removal = { refund_line_items: [ONE_CUP_BACK], transactions: [] };
  for (const subtotal_price of ["51.60", "40.79"]) {
    const removed = { ...GOODS, line_items: TWO_CUPS, refunds: [removal], subtotal_price };
    const mapped = accepted(shopifyOrder(removed));
    expect(mapped.order).toMatchObject({
      subtotal: "34.28",
      products: [
        { sku: "CUP-BLUE", unitPrice: "9.08", quantity: 2 },
        { sku: "KETTLE", unitPrice: "16.12", quantity: 1 },
      ],
    });
    expect(mapped.findings).toMatchObject([{ code: "mapper.adjusted", path: "line_items[0]" }]);
  }
});

test("counts items of refunds whose transactions were not asked for", () => {
  const refunds = [{ refund_line_items: [ONE_CUP_BACK] }];
  const order = { ...GOODS, financial_status: "partially_refunded", line_items: TWO_CUPS, refunds };
  expect(accepted(shopifyOrder(order, { newCustomer: true })).order).toEqual(ORDER);
});

test("says by how much the subtotal of a refunded order and its lines disagree", () => {
  // As in the order of Shopify's own documentation, whose subtotal is before its discount of 10.00.
  const refund = { refund_line_items: [ONE_CUP_BACK], transactions: [{ kind: "refund", amount: "10.81" }] };
  const order = { ...GOODS, line_items: TWO_CUPS, refunds: [refund], financial_status: "partially_refunded" };
  const mapped = accepted(shopifyOrder({ ...order, subtotal_price: "61.60" }, { newCustomer: true }));
  expect(mapped.order).toEqual(ORDER);
  expect(mapped.findings).toMatchObject([{ code: "mapper.does-not-add-up", path: "subtotal_price" }]);
  expect(mapped.findings[0]?.message).toContain("10.00 apart");
});

test("leaves out a line that was removed wholly before the payment", () => {
  const line_items = [{ ...CUPS, current_quantity: 0 }, KETTLE];
  const { order } = accepted(shopifyOrder({ ...SHOPIFY_ORDER, line_items }));
  expect(order).toMatchObject({ subtotal: "16.12", products: [{ sku: "KETTLE" }] });
});

test("says by how much the subtotal and the lines disagree, and goes by the lines", () => {
  const mapped = accepted(shopifyOrder({ ...SHOPIFY_ORDER, subtotal_price: "86.60" }));
  expect(mapped.order.subtotal).toBe("43.36");
  expect(mapped.findings).toMatchObject([{ code: "mapper.does-not-add-up", path: "subtotal_price" }]);
  expect(mapped.findings[0]?.message).toContain("10.00 apart");
});

test("maps an order of gift cards alone to an order of nothing", () => {
  const { order } = accepted(
    shopifyOrder({ ...SHOPIFY_ORDER, line_items: [GIFT_CARD], subtotal_price: "25.00" }),
  );
  expect(order).toMatchObject({ subtotal: "0.00", products: [] });
});

test("takes no browser from an order that staff entered in theirs", () => {
  const { context } = accepted(
    shopifyOrder({ ...SHOPIFY_ORDER, source_name: "shopify_draft_order", user_id: 116 }),
  );
  expect([context?.ipAddress, context?.userAgent]).toEqual([undefined, undefined]);
});

test("goes by the status where the refunds were not asked for", () => {
  const line_items = [{ ...CUPS, current_quantity: 2 }, KETTLE];
  const unsaid = { ...SHOPIFY_ORDER, line_items, refunds: undefined };
  const later = accepted(
    shopifyOrder({ ...unsaid, financial_status: "partially_refunded" }, { newCustomer: true }),
  );
  expect(later.order).toEqual(ORDER);
  expect(accepted(shopifyOrder(unsaid)).order.products[0]).toMatchObject({ quantity: 2 });
});

test("counts no item twice that was refunded and is still there", () => {
  const line_items = [{ ...CUPS, current_quantity: 2 }, KETTLE];
  const refund = {
    refund_line_items: [{ line_item_id: 11, quantity: 3 }],
    transactions: [{ kind: "refund" }],
  };
  const mapped = accepted(
    shopifyOrder({ ...SHOPIFY_ORDER, line_items, refunds: [refund] }, { newCustomer: true }),
  );
  expect(mapped.order).toEqual(ORDER);
});

test("takes as codes what the shopper typed, and of the list of codes only where there are no applications", () => {
  const discount_codes = [
    { code: "TENOFF", amount: "10.00", type: "fixed_amount" },
    { code: "for Ann Example", amount: "5.00", type: "fixed_amount" },
  ];
  const byCode = { type: "discount_code", code: "TENOFF", target_type: "line_item" };
  const byStaff = { type: "manual", title: "for Ann Example", target_type: "line_item" };
  const codesOf = (order: object) => accepted(shopifyOrder({ ...SHOPIFY_ORDER, ...order })).order.couponCodes;
  expect(codesOf({ discount_codes, discount_applications: [byCode, byStaff] })).toEqual(["TENOFF"]);
  expect(codesOf({ discount_codes, discount_applications: [byStaff] })).toEqual([]);
  expect(codesOf({ discount_codes: [discount_codes[0]], discount_applications: undefined })).toEqual([
    "TENOFF",
  ]);
});

test("leaves out a code that may name a person, with a finding", () => {
  const discount_codes = [{ code: "ann@shop.example" }, { code: "x".repeat(65) }, { code: "SPRING 20" }];
  const order = { ...SHOPIFY_ORDER, discount_codes, discount_applications: undefined };
  const mapped = accepted(shopifyOrder(order, { newCustomer: true }));
  expect(mapped.order.couponCodes).toEqual(["SPRING 20"]);
  expect(mapped.findings).toMatchObject([
    { code: "mapper.adjusted", path: "discount_codes[0].code" },
    { code: "mapper.adjusted", path: "discount_codes[1].code" },
  ]);
});

test.each([
  [1, true],
  [4, false],
  [null, undefined],
])(
  "reads an order index of %j in the customer's journey as a new customer: %j",
  (customerOrderIndex, expected) => {
    const { order } = SHOPIFY_GRAPHQL.data;
    const customerJourneySummary = {
      ...Object(Reflect.get(order, "customerJourneySummary")),
      customerOrderIndex,
    };
    const mapped = accepted(shopifyOrder({ ...order, customerJourneySummary }));
    expect(mapped.order.customer.newCustomer).toBe(expected);
  },
);

test.each([
  ["a checkout", { abandoned_checkout_url: "https://shop.example/c/1" }],
  ["a draft order", { invoice_url: "https://shop.example/i/1" }],
  ["a fulfillment", { order_id: 1 }],
  ["a draft order by its ID", { admin_graphql_api_id: "gid://shopify/DraftOrder/1" }],
])("does not take %s for an order", (_name, fields) => {
  expect(shopifyOrder({ ...SHOPIFY_ORDER, ...fields })).toMatchObject({ status: "unmappable" });
});

test.each([
  ["the first visit where the last has none", "/?avad=1_first", "/cart", undefined, "1_first"],
  ["the last of two", "/?avad=1_first", "/?avad=2_last", undefined, "2_last"],
  ["the order's own page", "/", "/cart", "/?avad=3_order", "3_order"],
])("takes the token of the newest visit that has one: %s", (_what, first, last, landingPageUrl, avad) => {
  const order = {
    ...SHOPIFY_GRAPHQL.data.order,
    landingPageUrl,
    customerJourneySummary: {
      firstVisit: { landingPage: `https://shop.example${first}` },
      lastVisit: { landingPage: `https://shop.example${last}`, referrerUrl: "https://reviews.example/" },
    },
  };
  const { context } = accepted(shopifyOrder(order));
  expect(context).toMatchObject({ avad, referrerUrl: "https://reviews.example/" });
});
