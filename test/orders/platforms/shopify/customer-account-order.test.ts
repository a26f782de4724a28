import { shopifyOrder } from "@avantlink-s2s/orders/shopify";
import { expect, test } from "vitest";
import { allocate, major, sum, taxOn } from "../../carts.ts";
import { PACKED, PACKED_CONTEXT, SHOPPER } from "../../fixtures/shopper.ts";
import { accepted, describeMapper } from "../../mapper-suite.ts";

/** The shop's currency is the dollar; the shopper paid in Canadian dollars. */
const money = (amount: string) => ({ amount, currencyCode: "CAD" });
const taken = (amount: string) => [{ allocatedAmount: money(amount) }];
const ADDRESS = {
  firstName: SHOPPER.firstName,
  lastName: SHOPPER.lastName,
  address1: SHOPPER.street,
  city: SHOPPER.city,
  phoneNumber: SHOPPER.phone,
  territoryCode: "CA",
  zoneCode: "BC",
};

/** Two flasks at 40.00 less 8.00 are 72.00, a bag at 20.00 less 2.00 is 18.00, with 13 % tax on top and 10.00 shipping. */
const ORDER = {
  id: "gid://shopify/Order/6001",
  name: "#3007",
  currencyCode: "USD",
  financialStatus: "PAID",
  cancelledAt: null,
  customAttributes: Object.entries(PACKED).map(([key, value]) => ({ key, value })),
  customer: { id: "gid://shopify/Customer/71", displayName: SHOPPER.name, email: SHOPPER.email },
  discountApplications: { nodes: [{ __typename: "DiscountCodeApplication", code: "TEN" }] },
  lineItems: {
    nodes: [
      {
        id: "gid://shopify/LineItem/1",
        sku: "FLASK",
        quantity: 2,
        giftCard: false,
        price: money("40.00"),
        totalDiscount: money("0.00"),
        discountAllocations: taken("8.00"),
      },
      {
        id: "gid://shopify/LineItem/2",
        sku: "BAG",
        quantity: 1,
        giftCard: false,
        price: money("20.00"),
        totalDiscount: money("0.00"),
        discountAllocations: taken("2.00"),
      },
    ],
    pageInfo: { hasNextPage: false },
  },
  subtotal: money("90.00"),
  totalShipping: money("10.00"),
  totalTax: money("13.00"),
  totalPrice: money("113.00"),
  billingAddress: ADDRESS,
  shippingAddress: ADDRESS,
};

describeMapper("shopifyOrder of the Customer Account API", {
  map: shopifyOrder,
  fixture: ORDER,
  order: {
    orderNumber: "#3007",
    currency: "CAD",
    subtotal: "90.00",
    couponCodes: ["TEN"],
    customer: { newCustomer: true, country: "CA", state: "BC", id: "gid://shopify/Customer/71" },
    products: [
      { sku: "FLASK", unitPrice: "36.00", quantity: 2 },
      { sku: "BAG", unitPrice: "18.00", quantity: 1 },
    ],
  },
  context: PACKED_CONTEXT,
  unpaid: { financialStatus: "PENDING" },
  notMapped: [
    ["was cancelled", "unpaid", { cancelledAt: "2026-01-02T03:04:05Z" }],
    ["was refunded", "unpaid", { financialStatus: "REFUNDED" }],
    ["has an unknown status", "unmappable", { financialStatus: null }],
    ["has no lines", "unmappable", { lineItems: undefined }],
    ["does not say what tax it holds", "unmappable", { totalTax: null }],
    ["is a draft order", "unmappable", { id: "gid://shopify/DraftOrder/6001" }],
  ],
  build: (cart) => {
    const write = (minor: number) => ({ amount: major(minor, cart.digits), currencyCode: cart.currency });
    const after = cart.lines.map(({ unit, quantity, discount }) => unit * quantity - discount);
    const shares = allocate(cart.discount, after);
    const goods = sum(after) - sum(shares);
    // Tax is on goods only here, so that the goods' part of it is known.
    const tax = taxOn(goods, cart);
    const sold = cart.lines.map(({ sku, quantity }, index) => {
      const amount = (after[index] ?? 0) - (shares[index] ?? 0);
      const own = cart.taxIncluded && goods > 0 ? (tax * amount) / goods : 0;
      return { sku, quantity, exact: amount - own };
    });
    return {
      document: {
        ...ORDER,
        lineItems: {
          nodes: cart.lines.map(({ sku, unit, quantity, discount }, index) => ({
            sku,
            quantity,
            giftCard: false,
            price: write(unit),
            discountAllocations: [
              { allocatedAmount: write(discount) },
              { allocatedAmount: write(shares[index] ?? 0) },
            ],
          })),
        },
        totalShipping: write(0),
        totalTax: write(tax),
        totalPrice: write(goods + (cart.taxIncluded ? 0 : tax)),
      },
      sold,
    };
  },
});

test("takes tax out of prices that include it, and says where the shipping's part is computed", () => {
  const included = { ...ORDER, totalTax: money("11.50"), totalPrice: money("100.00") };
  const mapped = accepted(shopifyOrder(included));
  // 90.00 of 100.00 is goods: 10.35 of 11.50 tax.
  expect(mapped.order.subtotal).toBe("79.65");
  expect(mapped.findings).toMatchObject([{ code: "mapper.adjusted", path: "totalTax" }]);
});

test("names the fields of the API that the shop used", () => {
  const lineItems = { nodes: [{ sku: "FLASK", quantity: 1 }] };
  const ofAdmin = { ...ORDER, lineItems, displayFinancialStatus: "PAID", taxesIncluded: true };
  const mapped = shopifyOrder(ofAdmin);
  expect(mapped.status === "mapped" ? [] : mapped.issues.map(({ path }) => path)).toEqual([
    "lineItems.nodes[0].discountAllocations",
    "lineItems.nodes[0].taxLines",
    "lineItems.nodes[0].originalUnitPriceSet",
  ]);
});
