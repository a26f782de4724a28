import { toOrderPayload } from "@avantlink-s2s/core";
import { commercetoolsOrder } from "@avantlink-s2s/orders/commercetools";
import { expect, test } from "vitest";
import { type Cart, sum, taxOn } from "./carts.ts";
import { COMMERCETOOLS_ORDER } from "./fixtures/commercetools.ts";
import { PACKED_CONTEXT } from "./fixtures/shopper.ts";
import { accepted, describeMapper } from "./mapper-suite.ts";

const [PANNIERS, BOTTLES] = COMMERCETOOLS_ORDER.lineItems;

describeMapper("commercetoolsOrder", {
  map: commercetoolsOrder,
  fixture: COMMERCETOOLS_ORDER,
  order: {
    orderNumber: "CT-3310",
    currency: "EUR",
    subtotal: "112.50",
    couponCodes: ["TOUR10"],
    customer: {
      newCustomer: true,
      country: "DE",
      state: "Bayern",
      id: "7297c742-d8b0-484b-aadc-1d0ba6769dc9",
    },
    products: [
      { sku: "PANNIER", unitPrice: "45.00", quantity: 2 },
      { sku: "BOTTLE", unitPrice: "9.00", quantity: 2 },
      { sku: "BOTTLE", unitPrice: "4.50", quantity: 1 },
      { sku: "STICKER", unitPrice: "0.00", quantity: 1 },
    ],
  },
  context: PACKED_CONTEXT,
  unpaid: { paymentState: "Pending" },
  notMapped: [
    ["is not paid", "unpaid", { paymentState: "BalanceDue" }],
    ["has no payment state", "unpaid", { paymentState: undefined }],
    ["was cancelled", "unpaid", { orderState: "Cancelled" }],
    ["has no lines", "unmappable", { lineItems: undefined }],
    [
      "has tax in its prices and nothing that says how much",
      "unmappable",
      { lineItems: [{ ...PANNIERS, taxedPrice: undefined }] },
    ],
    ["has no currency", "unmappable", { totalPrice: undefined, taxedPrice: undefined }],
  ],
  build: (cart) => {
    const { lines, document } = commercetoolsCart(cart);
    return { document, sold: lines };
  },
});

/** The discount on the total takes a percentage off goods and shipping, rounded as each total is. */
function commercetoolsCart(cart: Cart) {
  const fractionDigits = cart.digits;
  const money = (centAmount: number) => ({
    type: "centPrecision",
    currencyCode: cart.currency,
    centAmount,
    fractionDigits,
  });
  const netOf = (amount: number) => (cart.taxIncluded ? amount - taxOn(amount, cart) : amount);
  const rest = 1 - cart.discountRate / 10_000;
  const amounts = cart.lines.map(({ unit, quantity, discount }) => unit * quantity - discount);
  const nets = amounts.map(netOf);
  const shippingNet = netOf(cart.shipping);
  const shippingLeft = Math.round(shippingNet * rest);
  const goods = sum(nets);
  const totalLeft = Math.round((goods + shippingNet) * rest);
  const taken = goods + shippingNet - totalLeft;
  const document = {
    ...COMMERCETOOLS_ORDER,
    lineItems: cart.lines.map(({ sku, quantity }, index) => ({
      variant: { sku },
      quantity,
      totalPrice: money(amounts[index] ?? 0),
      taxRate: { includedInPrice: cart.taxIncluded },
      ...priceOf(cart, nets[index] ?? 0, index, money),
      discountedPricePerQuantity: groupsOf(quantity, amounts[index] ?? 0, money),
    })),
    totalPrice: money(0),
    taxedPrice: { totalNet: money(totalLeft) },
    taxedShippingPrice: { totalNet: money(shippingLeft) },
    shippingInfo: { price: money(cart.shipping), taxedPrice: { totalNet: money(shippingNet) } },
    discountOnTotalPrice:
      taken === 0 ? undefined : { discountedAmount: money(taken), discountedNetAmount: money(taken) },
  };
  const left = totalLeft - shippingLeft;
  const lines = cart.lines.map(({ sku, quantity }, index) => ({
    sku,
    quantity,
    exact: goods === 0 ? 0 : ((nets[index] ?? 0) * left) / goods,
  }));
  return { document, lines };
}

type Money = (centAmount: number) => object;

/** Every second line ships in two ways, and has its net price in two portions. */
function priceOf(cart: Cart, net: number, index: number, money: Money) {
  if (cart.lines.length < 2 || index % 2 === 0) return { taxedPrice: { totalNet: money(net) } };
  const half = Math.floor(net / 2);
  return {
    taxedPricePortions: [half, net - half].map((part) => ({ taxedPrice: { totalNet: money(part) } })),
  };
}

function groupsOf(quantity: number, amount: number, money: Money) {
  if (quantity < 2) return [];
  const last = Math.floor(amount / quantity / 2);
  const each = Math.floor((amount - last) / (quantity - 1));
  return [
    { quantity: quantity - 1, discountedPrice: { value: money(each) } },
    { quantity: 1, discountedPrice: { value: money(last) } },
  ];
}

test("gives AvantLink the payload computed by hand for a discount on the total price", () => {
  const mapped = accepted(commercetoolsOrder(COMMERCETOOLS_ORDER, { newCustomer: true }));
  const result = toOrderPayload(mapped.order, mapped.context);
  expect(result.ok && result.payload.order).toEqual({
    order_number: "CT-3310",
    order_amount_subtotal: 112.5,
    currency: "EUR",
    coupon_codes: ["TOUR10"],
    customer: { new_customer: true, country: "DE", region: "", state: "Bayern" },
    products: [
      { product_sku: "PANNIER", product_amount: 45, quantity: 2 },
      { product_sku: "BOTTLE", product_amount: 9, quantity: 2 },
      { product_sku: "BOTTLE", product_amount: 4.5, quantity: 1 },
      { product_sku: "STICKER", product_amount: 0, quantity: 1 },
    ],
  });
});

test("takes the order out of its message, and says when a message holds none", () => {
  expect(commercetoolsOrder({ type: "OrderCreated", order: COMMERCETOOLS_ORDER }).status).toBe("mapped");
  const message = {
    type: "OrderPaymentStateChanged",
    paymentState: undefined,
    resource: { typeId: "order", id: "x" },
  };
  expect(commercetoolsOrder(message)).toMatchObject({ status: "unmappable" });
});

test("names the expansion that gives the coupon, and takes GraphQL's code as it is", () => {
  const reference = { state: "MatchesCart", discountCode: { typeId: "discount-code", id: "dc-1" } };
  const mapped = accepted(commercetoolsOrder({ ...COMMERCETOOLS_ORDER, discountCodes: [reference] }));
  expect(mapped.order.couponCodes).toEqual([]);
  expect(mapped.findings).toMatchObject([
    { code: "mapper.incomplete", path: "discountCodes[0].discountCode.obj.code" },
  ]);
  const graphql = [{ discountCode: { code: "TOUR10" } }];
  const order = { ...COMMERCETOOLS_ORDER, discountCodes: graphql };
  expect(accepted(commercetoolsOrder({ data: { order } })).order.couponCodes).toEqual(["TOUR10"]);
});

const WITHOUT_TOTALS = { taxedPrice: undefined, taxedShippingPrice: undefined };

test("takes the goods' part of the discount on the total where the order has no taxed totals", () => {
  const lineItems = [PANNIERS, { ...BOTTLES, discountedPricePerQuantity: [], quantity: 1 }];
  const mapped = accepted(commercetoolsOrder({ ...COMMERCETOOLS_ORDER, ...WITHOUT_TOTALS, lineItems }));
  expect(mapped.order).toMatchObject({ subtotal: "112.50", orderDiscount: "12.50" });
});

test("takes the percentage of a discount whose net amount the order does not say", () => {
  const { discountedAmount } = COMMERCETOOLS_ORDER.discountOnTotalPrice;
  for (const missing of [{ taxedShippingPrice: undefined }, WITHOUT_TOTALS]) {
    const order = { ...COMMERCETOOLS_ORDER, ...missing, discountOnTotalPrice: { discountedAmount } };
    const mapped = accepted(commercetoolsOrder(order, { newCustomer: true }));
    expect(mapped.order).toMatchObject({ subtotal: "112.50" });
    expect(mapped.findings).toEqual([]);
  }
});

test("says by how much the net total is lower where the query left its discount out", () => {
  const order = { ...COMMERCETOOLS_ORDER, discountOnTotalPrice: undefined, taxedShippingPrice: undefined };
  const mapped = accepted(commercetoolsOrder(order, { newCustomer: true }));
  expect(mapped.order.subtotal).toBe("125.00");
  expect(mapped.findings).toMatchObject([{ code: "mapper.does-not-add-up", path: "taxedPrice.totalNet" }]);
  expect(mapped.findings[0]?.message).toContain("13.50 apart");
});

test("takes a negative custom line item off the lines, and leaves a positive one out", () => {
  const cents = (centAmount: number) => ({ currencyCode: "EUR", centAmount, fractionDigits: 2 });
  const customLineItems = [
    { slug: "goodwill", quantity: 1, totalPrice: cents(-500), taxedPrice: { totalNet: cents(-420) } },
    { slug: "gift-wrap", quantity: 1, totalPrice: cents(300), taxedPrice: { totalNet: cents(252) } },
  ];
  const order = {
    ...COMMERCETOOLS_ORDER,
    customLineItems,
    discountOnTotalPrice: undefined,
    taxedShippingPrice: undefined,
    shippingInfo: undefined,
  };
  const mapped = accepted(commercetoolsOrder({ ...order, taxedPrice: { totalNet: cents(12332) } }));
  expect(mapped.order.subtotal).toBe("120.80");
  expect(mapped.findings).toMatchObject([{ code: "mapper.adjusted", path: "customLineItems[0]" }]);
});

test("reads prices of more digits than the currency has", () => {
  const precise = {
    type: "highPrecision",
    currencyCode: "EUR",
    centAmount: 100,
    preciseAmount: 1004999,
    fractionDigits: 6,
  };
  const lineItems = [
    { ...BOTTLES, quantity: 1, discountedPricePerQuantity: [], taxedPrice: { totalNet: precise } },
  ];
  const mapped = accepted(
    commercetoolsOrder({
      ...COMMERCETOOLS_ORDER,
      ...WITHOUT_TOTALS,
      discountOnTotalPrice: undefined,
      lineItems,
    }),
  );
  expect(mapped.order.products).toEqual([{ sku: "BOTTLE", unitPrice: "1.00", quantity: 1 }]);
});

test("says by how much the order's net total and its lines disagree", () => {
  const order = { ...COMMERCETOOLS_ORDER, lineItems: [PANNIERS], discountOnTotalPrice: undefined };
  const mapped = accepted(commercetoolsOrder(order));
  expect(mapped.findings).toMatchObject([{ code: "mapper.does-not-add-up", path: "taxedPrice.totalNet" }]);
  expect(mapped.findings[0]?.message).toContain("12.50 apart");
});

test("does not call a cart unpaid, nor an order that says nothing of its payment", () => {
  const silent = { ...COMMERCETOOLS_ORDER, paymentState: undefined };
  const { paymentState: _none, ...without } = silent;
  expect(commercetoolsOrder({ ...without, type: "Cart", cartState: "Active" })).toMatchObject({
    status: "unmappable",
    issues: [{ path: "cartState" }, { path: "type", message: "is Cart; an Order is expected" }],
  });
  expect(commercetoolsOrder(without)).toMatchObject({
    status: "unmappable",
    issues: [{ path: "paymentState" }],
  });
  expect(commercetoolsOrder({ ...without, paymentState: null })).toMatchObject({ status: "unpaid" });
  expect(commercetoolsOrder({ ...without, paymentState: "CreditOwed" }).status).toBe("mapped");
});

test.each([null, undefined, "Pending"])("counts an order that costs nothing as paid: %s", (paymentState) => {
  const order = { ...COMMERCETOOLS_ORDER, paymentState, totalPrice: { currencyCode: "EUR", centAmount: 0 } };
  expect(commercetoolsOrder(order).status).toBe("mapped");
});
