import { toOrderPayload } from "@avantlink-s2s/core";
import { stripeOrder } from "@avantlink-s2s/orders/stripe";
import { expect, test } from "vitest";
import { allocate, type Cart, sum, taxOn } from "./carts.ts";
import { PACKED_CONTEXT } from "./fixtures/shopper.ts";
import { STRIPE_SESSION } from "./fixtures/stripe.ts";
import { accepted, describeMapper } from "./mapper-suite.ts";

describeMapper("stripeOrder", {
  map: stripeOrder,
  fixture: STRIPE_SESSION,
  order: {
    orderNumber: "R-20417",
    currency: "GBP",
    subtotal: "39.65",
    couponCodes: ["SPRING20"],
    customer: { newCustomer: true, country: "GB", state: "ENG", id: "cus_Lantern1" },
    products: [
      { sku: "LANTERN-GREEN", unitPrice: "16.66", quantity: 2 },
      { sku: "MAP-NORTH", unitPrice: "6.33", quantity: 1 },
    ],
  },
  context: PACKED_CONTEXT,
  unpaid: { payment_status: "unpaid" },
  notMapped: [
    ["is not paid", "unpaid", { payment_status: "unpaid" }],
    ["is free but not complete", "unpaid", { payment_status: "no_payment_required", status: "open" }],
    ["only keeps a card", "unpaid", { mode: "setup" }],
    ["is of the test mode", "test", { livemode: false }],
    ["has no lines", "unmappable", { line_items: undefined }],
    ["has more lines", "unmappable", { line_items: { ...STRIPE_SESSION.line_items, has_more: true } }],
    ["has no currency", "unmappable", { currency: "pounds" }],
    ["has lines in another currency", "unmappable", { currency: "usd" }],
  ],
  build: (cart) => {
    const lines = stripeLines(cart);
    const shippingTax = taxOn(cart.shipping, cart);
    const shipping = cart.taxIncluded ? cart.shipping : cart.shipping + shippingTax;
    return {
      document: {
        ...STRIPE_SESSION,
        currency: cart.currency.toLowerCase(),
        line_items: { data: lines, has_more: false },
        shipping_cost: { amount_subtotal: cart.shipping, amount_tax: shippingTax, amount_total: shipping },
        amount_total: sum(lines.map((line) => line.amount_total)) + shipping,
        total_details: {
          amount_shipping: cart.shipping,
          amount_tax: sum(lines.map((line) => line.amount_tax)) + shippingTax,
        },
      },
      sold: lines.map((line) => ({
        sku: line.price.lookup_key,
        quantity: line.quantity,
        exact: line.amount_total - line.amount_tax,
      })),
    };
  },
});

function stripeLines(cart: Cart) {
  const amounts = cart.lines.map(({ unit, quantity, discount }) => unit * quantity - discount);
  const discounts = allocate(cart.discount, amounts);
  return cart.lines.map(({ sku, quantity }, index) => {
    const amount = (amounts[index] ?? 0) - (discounts[index] ?? 0);
    const tax = taxOn(amount, cart);
    return {
      amount_total: cart.taxIncluded ? amount : amount + tax,
      amount_tax: tax,
      price: { lookup_key: sku },
      quantity,
    };
  });
}

const LINE = STRIPE_SESSION.line_items.data[0];

/** A session with one line, and no shipping. */
function session(
  currency: string,
  amount_total: number,
  amount_tax: number,
  quantity: number,
  more: object = {},
) {
  return {
    ...STRIPE_SESSION,
    currency,
    line_items: { data: [{ ...LINE, currency, amount_total, amount_tax, quantity }], has_more: false },
    amount_total,
    shipping_cost: null,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax },
    discounts: [],
    ...more,
  };
}

test.each([
  // currency, amount_total, amount_tax, quantity → subtotal, [unit, quantity] as AvantLink gets them
  [
    "jpy",
    1100,
    100,
    3,
    1000,
    [
      [333, 2],
      [334, 1],
    ],
  ],
  ["isk", 124000, 24000, 2, 1000, [[500, 2]]],
  ["ugx", 370000, 0, 1, 3700, [[3700, 1]]],
  ["mga", 5000, 0, 2, 5000, [[2500, 2]]],
  ["kwd", 12340, 0, 4, 12.34, [[3.085, 4]]],
  [
    "usd",
    1000,
    0,
    3,
    10,
    [
      [3.33, 2],
      [3.34, 1],
    ],
  ],
] as const)("counts %s in Stripe's own minor units", (currency, total, tax, quantity, subtotal, lines) => {
  const mapped = accepted(stripeOrder(session(currency, total, tax, quantity), { newCustomer: true }));
  expect(mapped.findings).toEqual([]);
  const result = toOrderPayload(mapped.order, mapped.context);
  expect(result.ok && result.payload.order).toEqual({
    order_number: "R-20417",
    order_amount_subtotal: subtotal,
    currency: currency.toUpperCase(),
    coupon_codes: [],
    customer: { new_customer: true, country: "GB", region: "", state: "ENG" },
    products: lines.map(([product_amount, items]) => ({
      product_sku: "LANTERN-GREEN",
      product_amount,
      quantity: items,
    })),
  });
});

test("gives AvantLink the payload computed by hand for a promotion code and tax inside the prices", () => {
  const mapped = accepted(stripeOrder(STRIPE_SESSION, { newCustomer: false }));
  const result = toOrderPayload(mapped.order, mapped.context);
  expect(result.ok && result.findings).toEqual([]);
  expect(result.ok && result.payload).toEqual({
    current_url: "",
    tracking_ids: {
      user_id: ["cus_Lantern1"],
      visitor_id: PACKED_CONTEXT.visitorIds,
      avantlink_avad: "77_f3afbe121",
    },
    user_agent: PACKED_CONTEXT.userAgent,
    user_ip_address: "",
    referrer_url: "",
    google_click_id: "",
    custom_tracking_code: "",
    order: {
      order_number: "R-20417",
      order_amount_subtotal: 39.65,
      currency: "GBP",
      coupon_codes: ["SPRING20"],
      customer: { new_customer: false, country: "GB", region: "", state: "ENG" },
      products: [
        { product_sku: "LANTERN-GREEN", product_amount: 16.66, quantity: 2 },
        { product_sku: "MAP-NORTH", product_amount: 6.33, quantity: 1 },
      ],
    },
  });
});

test("takes the session out of its event, and says what the event's session lacks", () => {
  const { line_items, ...bare } = STRIPE_SESSION;
  const event = { object: "event", type: "checkout.session.completed", data: { object: bare } };
  const answer = stripeOrder(event);
  expect(answer).toMatchObject({ status: "unmappable", orderNumber: "R-20417" });
  expect(answer.status === "mapped" ? [] : answer.issues).toEqual([
    { path: "data.object.line_items", message: expect.stringContaining("listLineItems") },
  ]);
  expect(stripeOrder({ ...event, data: { object: STRIPE_SESSION } }).status).toBe("mapped");
});

test("names the call that lists all lines where the session holds the first ten", () => {
  const answer = stripeOrder({
    ...STRIPE_SESSION,
    line_items: { ...STRIPE_SESSION.line_items, has_more: true },
  });
  expect(answer.status === "mapped" ? [] : answer.issues).toEqual([
    {
      path: "line_items.has_more",
      message: expect.stringContaining("checkout.sessions.listLineItems(id, { limit: 100"),
    },
  ]);
});

test("maps a test session with allowTest", () => {
  expect(stripeOrder({ ...STRIPE_SESSION, livemode: false }, { allowTest: true }).status).toBe("mapped");
});

test("warns that a reference may name the customer, and uses it where the order has no number of its own", () => {
  const mapped = accepted(stripeOrder({ ...STRIPE_SESSION, metadata: {}, client_reference_id: "user-42" }));
  expect(mapped.order.orderNumber).toBe("user-42");
  expect(mapped.findings).toMatchObject([{ code: "mapper.incomplete", path: "client_reference_id" }]);
  const bare = accepted(stripeOrder({ ...STRIPE_SESSION, metadata: {} }));
  expect(bare.order.orderNumber).toBe("cs_live_a1Lantern");
  expect(bare.findings).toEqual([]);
  expect(bare.context).toBeUndefined();
});

test("names the expansions that would give the coupon and the SKU", () => {
  const lines = [
    { ...LINE, price: { id: "price_1", lookup_key: null, product: "prod_1" } },
    STRIPE_SESSION.line_items.data[1],
  ];
  const mapped = accepted(
    stripeOrder({
      ...STRIPE_SESSION,
      discounts: [{ coupon: null, promotion_code: "promo_1" }],
      line_items: { data: lines, has_more: false },
    }),
  );
  expect(mapped.order.couponCodes).toEqual([]);
  expect(mapped.order.products[0]?.sku).toBe("price_1");
  expect(mapped.findings.map(({ code, path }) => [code, path])).toEqual([
    ["mapper.incomplete", "discounts[0].promotion_code"],
    ["mapper.incomplete", "line_items.data[0].price.product.metadata.sku"],
  ]);
});

test("reads promotion codes where older API versions keep them", () => {
  const breakdown = { discounts: [{ amount: 1190, discount: { promotion_code: { code: "SPRING20" } } }] };
  const total_details = { ...STRIPE_SESSION.total_details, breakdown };
  const mapped = accepted(stripeOrder({ ...STRIPE_SESSION, discounts: undefined, total_details }));
  expect(mapped.order.couponCodes).toEqual(["SPRING20"]);
  const unsaid = accepted(stripeOrder({ ...STRIPE_SESSION, discounts: undefined }));
  expect(unsaid.findings).toMatchObject([{ code: "mapper.incomplete", path: "discounts" }]);
});

test("says by how much a session's total and its lines disagree", () => {
  const mapped = accepted(stripeOrder({ ...STRIPE_SESSION, amount_total: 5738 }));
  expect(mapped.order.subtotal).toBe("39.65");
  expect(mapped.findings).toMatchObject([
    { code: "mapper.does-not-add-up", path: "amount_total", message: expect.stringContaining("44.65") },
  ]);
  expect(mapped.findings[0]?.message).toContain("5.00 apart");
});

test("maps an order that a promotion code made free", () => {
  const mapped = accepted(stripeOrder(session("usd", 0, 0, 2, { payment_status: "no_payment_required" })));
  expect(mapped.order).toMatchObject({ subtotal: "0.00", products: [{ unitPrice: "0.00", quantity: 2 }] });
});

test("counts a metered price, which has no quantity, as one item", () => {
  const lines = { data: [{ ...LINE, quantity: null, amount_total: 700, amount_tax: 0, currency: "usd" }] };
  const mapped = accepted(stripeOrder(session("usd", 700, 0, 1, { line_items: lines })));
  expect(mapped.order.products).toEqual([{ sku: "LANTERN-GREEN", unitPrice: "7.00", quantity: 1 }]);
});

test.each([
  ["is no whole number of minor units", { amount_total: 10.5 }],
  ["is larger than any order", { amount_total: 1e15 }],
  ["is no amount", { amount_total: "ten" }],
  ["is missing", { amount_tax: undefined }],
])("refuses a line whose amount %s", (_what, changes) => {
  const line_items = { data: [{ ...LINE, ...changes }], has_more: false };
  expect(stripeOrder({ ...STRIPE_SESSION, line_items })).toMatchObject({ status: "unmappable" });
});

test("holds nothing against the lines where the session does not say what shipping cost before tax", () => {
  expect(accepted(stripeOrder({ ...STRIPE_SESSION, shipping_cost: null })).findings).toEqual([]);
});

test("gives each coupon code once", () => {
  const [code] = STRIPE_SESSION.discounts;
  const mapped = accepted(stripeOrder({ ...STRIPE_SESSION, discounts: [code, code] }));
  expect(mapped.order.couponCodes).toEqual(["SPRING20"]);
});

test.each([
  ["a charge", { object: "charge", status: "succeeded", paid: true }],
  ["a subscription", { object: "subscription", status: "active" }],
  ["a thin event", { object: "v2.core.event", related_object: { id: "cs_1" } }],
  ["an event about a customer", { object: "event", data: { object: { object: "customer" } } }],
])("names %s and what it expects instead, and never calls it unpaid", (_name, object) => {
  const mapped = stripeOrder(object);
  expect(mapped.status).toBe("unmappable");
  expect(mapped.status === "mapped" ? "" : mapped.issues[0]?.message).toContain("invoice is expected");
});

test("does not use a Payment Link's own order number, which each of its payments has", () => {
  const ofLink = { ...STRIPE_SESSION, payment_link: "plink_1" };
  const mapped = accepted(stripeOrder(ofLink));
  expect(mapped.order.orderNumber).toBe(STRIPE_SESSION.id);
  expect(mapped.findings).toMatchObject([{ path: "metadata.order_number" }, { path: "metadata" }]);
  const named = accepted(stripeOrder({ ...ofLink, metadata: {}, client_reference_id: "R-9" }));
  expect(named.order.orderNumber).toBe("R-9");
  expect(named.findings).toMatchObject([{ path: "client_reference_id" }]);
});

test("takes no context out of a Payment Link's metadata, which every shopper has, but a denial", () => {
  const metadata = { avantlink_version: "1", avantlink_avad: "77_a", avantlink_consent: "granted" };
  const ofLink = { ...STRIPE_SESSION, payment_link: "plink_1", client_reference_id: "R-9", metadata };
  const mapped = accepted(stripeOrder(ofLink));
  expect(mapped.context).toBeUndefined();
  expect(mapped.findings).toContainEqual(
    expect.objectContaining({ path: "metadata", message: expect.stringContaining("every shopper") }),
  );
  const denied = stripeOrder({ ...ofLink, metadata: { ...metadata, avantlink_consent: "denied" } });
  expect(accepted(denied).context).toEqual({ consent: "denied" });
});

test("takes the SKU of a price's own metadata", () => {
  const price = { ...LINE?.price, product: "prod_1", lookup_key: null, metadata: { sku: "OF-PRICE" } };
  const line_items = { data: [{ ...LINE, price }, STRIPE_SESSION.line_items.data[1]] };
  const mapped = accepted(stripeOrder({ ...STRIPE_SESSION, line_items }, { newCustomer: true }));
  expect(mapped.order.products[0]?.sku).toBe("OF-PRICE");
  expect(mapped.findings).toEqual([]);
});

test("takes the platform's own types on the shop's functions", () => {
  interface LineItem {
    readonly price: { readonly lookup_key: string | null; readonly id: string };
  }
  const mapped = accepted(
    stripeOrder(STRIPE_SESSION, {
      sku: (line: LineItem) => line.price.id,
      isGoods: (line: LineItem) => line.price.lookup_key !== "lantern",
      isPaid: (session: { readonly payment_status: string }) => session.payment_status === "paid",
    }),
  );
  expect(mapped.order.products.map(({ sku }) => sku)).toEqual(["price_map"]);
  expect(mapped.order.subtotal).toBe("6.33");
});
