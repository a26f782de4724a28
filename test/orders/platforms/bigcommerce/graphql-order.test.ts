import { bigCommerceOrder } from "@avantlink-s2s/orders/bigcommerce";
import { expect, test } from "vitest";
import { sum, taxOn } from "../../carts.ts";
import { SHOPPER } from "../../fixtures/shopper.ts";
import { accepted, describeMapper } from "../../mapper-suite.ts";

const money = (value: number) => ({ value, currencyCode: "USD" });
const line = (sku: string, quantity: number, price: number) => ({
  node: {
    entityId: quantity,
    productEntityId: 80 + quantity,
    name: sku,
    quantity,
    subTotalListPrice: money(quantity * price),
    baseCatalogProduct: { sku },
  },
});

/**
 * An order with the coupon TRAIL15 (15 % off), 8 % tax on top, shipping and a gift certificate. Two poles at $45.00 are
 * $90.00, a lamp $30.00: $120.00 less $18.00 is $102.00. The discount comes off the lines in proportion.
 */
const ORDER = {
  entityId: 219,
  orderedAt: { utc: "2026-02-03T10:00:00Z" },
  status: { label: "Shipped", value: "SHIPPED" },
  isTaxIncluded: false,
  subTotal: money(145),
  discountedSubTotal: money(127),
  taxTotal: money(8.16),
  shippingCostTotal: money(7.5),
  handlingCostTotal: money(0),
  wrappingCostTotal: money(0),
  totalIncTax: money(142.66),
  discounts: {
    couponDiscounts: [{ couponCode: "TRAIL15", discountedAmount: money(18) }],
    nonCouponDiscountTotal: money(0),
  },
  billingAddress: {
    firstName: SHOPPER.firstName,
    lastName: SHOPPER.lastName,
    address1: SHOPPER.street,
    city: SHOPPER.city,
    countryCode: "US",
    email: SHOPPER.email,
    phone: SHOPPER.phone,
    stateOrProvince: "Idaho",
  },
  consignments: {
    shipping: {
      edges: [{ node: { entityId: 1, lineItems: { edges: [line("POLES", 2, 45), line("LAMP", 1, 30)] } } }],
    },
    email: {
      giftCertificates: {
        edges: [
          { node: { lineItems: { edges: [{ node: { entityId: 9, name: "Gift", salePrice: money(25) } }] } } },
        ],
      },
    },
  },
};

describeMapper("bigCommerceOrder of the GraphQL API", {
  map: bigCommerceOrder,
  fixture: ORDER,
  order: {
    orderNumber: "219",
    currency: "USD",
    subtotal: "102.00",
    orderDiscount: "18.00",
    couponCodes: ["TRAIL15"],
    customer: { newCustomer: true, country: "US", state: "Idaho" },
    products: [
      { sku: "POLES", unitPrice: "45.00", quantity: 2 },
      { sku: "LAMP", unitPrice: "30.00", quantity: 1 },
    ],
  },
  unpaid: { status: { value: "AWAITING_PAYMENT" } },
  notMapped: [
    ["was never finished", "unpaid", { status: { value: "INCOMPLETE" } }],
    ["was declined", "unpaid", { status: { value: "DECLINED" } }],
    ["has no status", "unmappable", { status: undefined }],
    ["has no consignments", "unmappable", { consignments: undefined }],
    ["does not say whether prices include tax", "unmappable", { isTaxIncluded: undefined }],
    ["has no total", "unmappable", { totalIncTax: undefined }],
  ],
  build: (cart) => {
    const scale = 10 ** cart.digits;
    const value = (minor: number) => ({ value: minor / scale, currencyCode: cart.currency });
    const listed = sum(cart.lines.map(({ unit, quantity }) => unit * quantity));
    const off = Math.floor((listed * cart.discountRate) / 10_000);
    // Tax is on goods only here, so that the goods' part of it is known.
    const tax = taxOn(listed - off, cart);
    const goods = listed - off - (cart.taxIncluded ? tax : 0);
    const exact = (amount: number) => (listed === 0 ? 0 : (goods * amount) / listed);
    return {
      document: {
        ...ORDER,
        isTaxIncluded: cart.taxIncluded,
        taxTotal: value(tax),
        shippingCostTotal: value(0),
        totalIncTax: value(goods + tax),
        discounts: {
          couponDiscounts: [{ couponCode: "TRAIL15", discountedAmount: value(off) }],
          nonCouponDiscountTotal: value(0),
        },
        consignments: {
          shipping: {
            edges: [
              {
                node: {
                  lineItems: {
                    edges: cart.lines.map(({ sku, unit, quantity }) => ({
                      node: {
                        quantity,
                        subTotalListPrice: value(unit * quantity),
                        baseCatalogProduct: { sku },
                      },
                    })),
                  },
                },
              },
            ],
          },
        },
      },
      sold: cart.lines.map(({ sku, unit, quantity }) => ({ sku, quantity, exact: exact(unit * quantity) })),
    };
  },
});

test("unwraps the answer of the API, and asks for the pages that are missing", () => {
  expect(accepted(bigCommerceOrder({ data: { site: { order: ORDER } } })).order.orderNumber).toBe("219");
  const [first] = ORDER.consignments.shipping.edges;
  const lineItems = { ...first?.node.lineItems, pageInfo: { hasNextPage: true } };
  const shipping = { edges: [{ node: { lineItems } }] };
  expect(bigCommerceOrder({ ...ORDER, consignments: { shipping } })).toMatchObject({ status: "unmappable" });
});

test("says that the goods' part of the tax is computed where prices and shipping include tax", () => {
  const included = { ...ORDER, isTaxIncluded: true, totalIncTax: money(134.5), taxTotal: money(8.11) };
  const mapped = accepted(bigCommerceOrder(included));
  // 102.00 of 109.50 is goods: 7.55 of 8.11 tax.
  expect(mapped.order.subtotal).toBe("94.45");
  expect(mapped.findings).toMatchObject([{ code: "mapper.adjusted", path: "taxTotal" }]);
});

test("says so when a consignment's lines are missing", () => {
  const shipping = { edges: [{ node: { lineItems: { edges: [line("LAMP", 1, 30)] } } }] };
  const mapped = accepted(bigCommerceOrder({ ...ORDER, consignments: { ...ORDER.consignments, shipping } }));
  expect(mapped.findings).toMatchObject([{ code: "mapper.does-not-add-up", path: "totalIncTax.value" }]);
});

test("reads downloads, which are a plain list without SKUs", () => {
  const [shipped] = ORDER.consignments.shipping.edges;
  const pole = {
    sku: "POLE-XL",
    variantEntityId: null,
    productEntityId: 7,
    quantity: 2,
    subTotalSalePrice: money(90),
  };
  const map = { productEntityId: 8, name: "Trail map", quantity: 1, subTotalSalePrice: money(30) };
  const consignments = {
    ...ORDER.consignments,
    shipping: { edges: [{ node: { ...shipped?.node, lineItems: { edges: [{ node: pole }] } } }] },
    downloads: [{ recipientEmail: SHOPPER.email, lineItems: { edges: [{ node: map }] } }],
  };
  const mapped = accepted(bigCommerceOrder({ ...ORDER, consignments }, { newCustomer: false }));
  expect(mapped.order).toMatchObject({
    subtotal: "102.00",
    products: [
      { sku: "POLE-XL", unitPrice: "45.00", quantity: 2 },
      { sku: "8", unitPrice: "30.00", quantity: 1 },
    ],
  });
  expect(mapped.findings).toMatchObject([{ code: "mapper.incomplete" }]);
});
