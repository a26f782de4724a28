import * as mappers from "@avantlink-s2s/orders/refunds";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BIGCOMMERCE_ORDER, BIGCOMMERCE_PRODUCTS } from "./fixtures/bigcommerce.ts";
import { COMMERCETOOLS_ORDER } from "./fixtures/commercetools.ts";
import { MAGENTO_ORDER } from "./fixtures/magento.ts";
import { MEDUSA_ORDER } from "./fixtures/medusa.ts";
import { PAYPAL_ORDER } from "./fixtures/paypal.ts";
import { SALEOR_ORDER } from "./fixtures/saleor.ts";
import { SHOPIFY_ORDER } from "./fixtures/shopify.ts";
import { SWELL_ORDER } from "./fixtures/swell.ts";
import { VENDURE_ORDER } from "./fixtures/vendure.ts";
import { WOOCOMMERCE_ORDER } from "./fixtures/woocommerce.ts";

const AT = "2026-11-28T10:15:00.000Z";
const SECONDS = Date.parse(AT) / 1_000;

type Case = readonly [title: string, map: mappers.RefundMapper, given: object, refunds: readonly object[]];

const CHARGE = {
  object: "charge",
  id: "ch_1",
  amount: 12_100,
  amount_captured: 12_100,
  currency: "usd",
  payment_intent: "pi_1",
  metadata: { order_number: "S-1" },
};
const STRIPE_REFUND = {
  object: "refund",
  id: "re_1",
  amount: 6_050,
  currency: "usd",
  created: SECONDS,
  status: "succeeded",
};

/** A refund of one bag at $20.00 with $4.00 tax inside its price. */
const SHOPIFY_LINE = {
  quantity: 1,
  subtotal: "24.00",
  total_tax: "4.00",
  restock_type: "return",
  line_item: { id: 1, sku: "BAG", variant_id: 11 },
};
const SHOPIFY_REFUND = {
  id: 509,
  created_at: "2026-11-28T05:15:00-05:00",
  refund_line_items: [SHOPIFY_LINE],
  order_adjustments: [],
  transactions: [{ kind: "refund", status: "success" }],
};
const ofShopify = (refund: object, order: object = {}) => ({
  order: { ...SHOPIFY_ORDER, taxes_included: true, cancelled_at: null, ...order },
  refund: { ...SHOPIFY_REFUND, ...refund },
});

const PAYPAL_IN_CAMEL_CASE = {
  id: "5O1",
  purchaseUnits: [
    {
      invoiceId: "1001",
      amount: { value: "10.00", currencyCode: "USD" },
      payments: {
        refunds: [
          {
            id: "R1",
            status: "COMPLETED",
            amount: { value: "5.00", currencyCode: "USD" },
            createTime: "2026-11-28T10:15:00Z",
          },
        ],
      },
    },
  ],
};

const GIFT_CARD_META = { id: 9, key: "wc_gc_giftcard_to", value: "friend" };
const SALEOR_WITH_IDS = {
  ...SALEOR_ORDER,
  lines: SALEOR_ORDER.lines.map((line, index) => ({ id: `l${index}`, ...line })),
};

const CASES: readonly Case[] = [
  [
    "Stripe: half of the payment is half of the order",
    mappers.stripeRefunds,
    { ...STRIPE_REFUND, charge: CHARGE, reason: "requested_by_customer" },
    [
      {
        orderNumber: "S-1",
        id: "re_1",
        currency: "USD",
        reason: "RETURN",
        share: { refunded: "60.5", paid: "121" },
      },
    ],
  ],
  [
    "Stripe: a charge's refunds, the failed one left out; fraud is said",
    mappers.stripeRefunds,
    {
      type: "charge.refunded",
      data: {
        object: {
          ...CHARGE,
          refunds: {
            data: [
              { ...STRIPE_REFUND, amount: 12_100, reason: "fraudulent" },
              { ...STRIPE_REFUND, id: "re_2", status: "failed" },
            ],
          },
        },
      },
    },
    [{ orderNumber: "S-1", id: "re_1", reason: "FRAUD" }],
  ],
  [
    "Shopify: a line, less the tax that is in its price",
    mappers.shopifyRefunds,
    ofShopify({}),
    [{ reason: "RETURN", amount: "20.00", items: [{ sku: "BAG", unitPrice: "20.00", quantity: 1 }] }],
  ],
  [
    "Shopify: money beside the lines is added, and what was kept is taken off",
    mappers.shopifyRefunds,
    {
      ...ofShopify({
        order_adjustments: [{ kind: "refund_discrepancy", amount: "5.00", tax_amount: "1.00" }],
      }),
    },
    [{ amount: "15.00", items: [{ unitPrice: "20.00" }] }],
  ],
  [
    "Shopify: money without lines is an adjustment",
    mappers.shopifyRefunds,
    ofShopify({
      refund_line_items: [],
      order_adjustments: [
        { kind: "refund_discrepancy", amount: "-7.50", tax_amount: "0.00" },
        { kind: "shipping_refund", amount: "-4.00", tax_amount: "0.00" },
      ],
    }),
    [{ reason: "ADJUSTMENT", amount: "7.50" }],
  ],
  [
    "Shopify: the shipping alone is no return",
    mappers.shopifyRefunds,
    ofShopify({ refund_line_items: [] }),
    [],
  ],
  [
    "Shopify: items removed before the payment are none",
    mappers.shopifyRefunds,
    ofShopify({ transactions: [] }),
    [],
  ],
  [
    "Shopify: a canceled order says why",
    mappers.shopifyRefunds,
    ofShopify({}, { cancelled_at: AT, cancel_reason: "fraud" }),
    [{ reason: "FRAUD", amount: "20.00" }],
  ],
  [
    "Shopify: a refund before the cancellation keeps its reason",
    mappers.shopifyRefunds,
    ofShopify({}, { cancelled_at: "2026-11-30T10:00:00Z", cancel_reason: "customer" }),
    [{ reason: "RETURN" }],
  ],
  [
    "Shopify: a refund of the cancellation itself, some seconds earlier",
    mappers.shopifyRefunds,
    ofShopify({}, { cancelled_at: "2026-11-28T10:15:03Z", cancel_reason: "customer" }),
    [{ reason: "CANCELED" }],
  ],
  [
    "Stripe: a charge, whose own field order is null",
    mappers.stripeRefunds,
    { ...CHARGE, order: null, refunds: { data: [STRIPE_REFUND] } },
    [{ orderNumber: "S-1", share: { refunded: "60.5", paid: "121" } }],
  ],
  [
    "PayPal: the answer of the server SDK, in camel case",
    mappers.payPalRefunds,
    { result: PAYPAL_IN_CAMEL_CASE },
    [{ orderNumber: "1001", id: "R1", currency: "USD", share: { refunded: "5", paid: "10" } }],
  ],
  [
    "PayPal: an order inside the webhook, with its refund beside it",
    mappers.payPalRefunds,
    {
      order: { resource: PAYPAL_IN_CAMEL_CASE },
      refund: PAYPAL_IN_CAMEL_CASE.purchaseUnits[0]?.payments.refunds[0],
    },
    [{ orderNumber: "1001", id: "R1" }],
  ],
  [
    "Shopify: a refunded tip is no goods",
    mappers.shopifyRefunds,
    ofShopify({
      refund_line_items: [
        SHOPIFY_LINE,
        { ...SHOPIFY_LINE, line_item: { id: 9, sku: null, tip_payment_gateway: null } },
      ],
    }),
    [{ amount: "20.00", items: [{ sku: "BAG" }] }],
  ],
  [
    "WooCommerce: the refunded lines, before tax",
    mappers.wooCommerceRefunds,
    {
      order: WOOCOMMERCE_ORDER,
      refunds: [
        {
          id: 740,
          date_created_gmt: "2026-11-28T10:15:00",
          amount: "18.00",
          line_items: [
            {
              product_id: 93,
              variation_id: 0,
              sku: "MUG",
              quantity: -2,
              total: "-16.67",
              total_tax: "-1.33",
            },
            {
              product_id: 22,
              variation_id: 23,
              sku: "POSTER",
              quantity: 0,
              total: "0.00",
              total_tax: "0.00",
            },
          ],
          shipping_lines: [],
          fee_lines: [],
        },
      ],
    },
    [
      {
        orderNumber: "SO-727",
        id: "740",
        refundedAt: AT,
        amount: "16.67",
        items: [
          { sku: "MUG", unitPrice: "8.33", quantity: 1 },
          { sku: "MUG", unitPrice: "8.34", quantity: 1 },
        ],
      },
    ],
  ],
  [
    "WooCommerce: a refunded gift card is no goods, as the order's line says",
    mappers.wooCommerceRefunds,
    {
      order: {
        ...WOOCOMMERCE_ORDER,
        line_items: [
          ...WOOCOMMERCE_ORDER.line_items,
          { id: 320, product_id: 7, sku: "GIFT", total: "50.00", quantity: 1, meta_data: [GIFT_CARD_META] },
        ],
      },
      refunds: [
        {
          id: 742,
          date_created_gmt: AT,
          amount: "66.67",
          line_items: [
            {
              ...{ id: 801, sku: "GIFT", quantity: -1, total: "-50.00" },
              meta_data: [{ key: "_refunded_item_id", value: "320" }],
            },
            {
              ...{ id: 802, sku: "POSTER", quantity: -1, total: "-16.67" },
              meta_data: [{ key: "_refunded_item_id", value: 316 }],
            },
          ],
        },
      ],
    },
    [{ amount: "16.67", items: [{ sku: "POSTER", unitPrice: "16.67", quantity: 1 }] }],
  ],
  [
    "WooCommerce: an amount without lines is its part of the total",
    mappers.wooCommerceRefunds,
    { order: WOOCOMMERCE_ORDER, refund: { id: 741, date_created_gmt: AT, amount: "10.00", line_items: [] } },
    [{ share: { refunded: "10", paid: "58.96" } }],
  ],
  [
    "BigCommerce: two of four brushes, after their discounts; a declined refund is none",
    mappers.bigCommerceRefunds,
    {
      order: { ...BIGCOMMERCE_ORDER, products: BIGCOMMERCE_PRODUCTS },
      refunds: [
        {
          id: 6,
          order_id: 218,
          created: "2026-11-28T10:15:00+00:00",
          items: [
            { item_type: "PRODUCT", item_id: 65, quantity: 2, requested_amount: null },
            { item_type: "SHIPPING", item_id: 9, quantity: null, requested_amount: 5 },
          ],
          payments: [{ id: 13, provider_id: "custom", amount: 33.37, offline: true, is_declined: false }],
        },
        {
          id: 7,
          created: "2026-11-28T10:15:00+00:00",
          items: [{ item_type: "PRODUCT", item_id: 65, quantity: 2, requested_amount: null }],
          payments: [{ id: 14, provider_id: "custom", amount: 28.37, offline: false, is_declined: true }],
        },
      ],
    },
    [
      {
        orderNumber: "218",
        refundedAt: AT,
        amount: "26.37",
        items: [{ sku: "BRUSH", unitPrice: "13.18" }, { unitPrice: "13.19" }],
      },
    ],
  ],
  [
    "Medusa 2: its part of the payments",
    mappers.medusaRefunds,
    {
      ...MEDUSA_ORDER,
      payment_collections: [
        { payments: [{ id: "pay_1", amount: 80, refunds: [{ id: "ref_1", amount: 20, created_at: AT }] }] },
      ],
    },
    [{ id: "ref_1", reason: "RETURN", share: { refunded: "20", paid: "80" } }],
  ],
  [
    "Medusa 1: a discount afterwards is an adjustment",
    mappers.medusaRefunds,
    {
      display_id: 12,
      currency_code: "usd",
      paid_total: 8_000,
      refunds: [{ id: "ref_1", amount: 2_000, reason: "discount", created_at: AT }],
    },
    [{ orderNumber: "12", reason: "ADJUSTMENT", share: { refunded: "2000", paid: "8000" } }],
  ],
  [
    "commercetools: a returned pannier, after the discount on the total price; the custom line is no goods",
    mappers.commercetoolsRefunds,
    {
      ...COMMERCETOOLS_ORDER,
      returnInfo: [
        {
          items: [
            {
              id: "ri-1",
              type: "LineItemReturnItem",
              lineItemId: "li-1",
              quantity: 1,
              paymentState: "Refunded",
              lastModifiedAt: AT,
            },
            { id: "ri-2", lineItemId: "li-2", quantity: 1, paymentState: "Initial", lastModifiedAt: AT },
            {
              id: "ri-3",
              type: "CustomLineItemReturnItem",
              customLineItemId: "cli-1",
              quantity: 1,
              paymentState: "Refunded",
              lastModifiedAt: AT,
            },
          ],
        },
      ],
    },
    [
      {
        orderNumber: "CT-3310",
        currency: "EUR",
        amount: "45.00",
        items: [{ sku: "PANNIER", unitPrice: "45.00", quantity: 1 }],
      },
    ],
  ],
  [
    "commercetools: a return item is of the day of its refund, whatever changed it later",
    mappers.commercetoolsRefunds,
    {
      ...COMMERCETOOLS_ORDER,
      returnInfo: [
        {
          items: [
            {
              id: "ri-1",
              lineItemId: "li-1",
              quantity: 1,
              paymentState: "Refunded",
              shipmentState: "BackInStock",
              createdAt: "2026-11-20T08:00:00.000Z",
              lastModifiedAt: "2026-12-03T16:00:00.000Z",
            },
          ],
        },
      ],
      paymentInfo: {
        payments: [
          {
            obj: {
              transactions: ["2026-12-05T09:00:00.000Z", AT, "2026-11-21T09:00:00.000Z"].map((timestamp) => ({
                ...{ type: "Refund", state: "Success", timestamp },
                amount: { centAmount: 4_500, currencyCode: "EUR", fractionDigits: 2 },
              })),
            },
          },
        ],
      },
    },
    [{ id: "ri-1", refundedAt: AT, amount: "45.00" }],
  ],
  [
    "commercetools: without returns, the refunds of the payments",
    mappers.commercetoolsRefunds,
    {
      ...COMMERCETOOLS_ORDER,
      paymentInfo: {
        payments: [
          {
            obj: {
              transactions: [
                {
                  id: "t1",
                  type: "Charge",
                  state: "Success",
                  amount: { centAmount: 14_000, currencyCode: "EUR", fractionDigits: 2 },
                },
                {
                  id: "t2",
                  type: "Refund",
                  state: "Success",
                  timestamp: AT,
                  amount: { centAmount: 7_000, currencyCode: "EUR", fractionDigits: 2 },
                },
                {
                  id: "t3",
                  type: "Refund",
                  state: "Failure",
                  timestamp: AT,
                  amount: { centAmount: 1, currencyCode: "EUR", fractionDigits: 2 },
                },
              ],
            },
          },
        ],
      },
    },
    [{ id: "t2", share: { refunded: "70", paid: "140" } }],
  ],
  [
    "Saleor: granted lines, net",
    mappers.saleorRefunds,
    {
      order: {
        ...SALEOR_WITH_IDS,
        grantedRefunds: [
          {
            id: "g1",
            createdAt: AT,
            status: "SUCCESS",
            amount: { amount: 25.22 },
            lines: [{ quantity: 1, orderLine: { id: "l0" } }],
          },
          { id: "g2", createdAt: AT, status: "FAILURE", amount: { amount: 25.22 }, lines: [] },
        ],
      },
    },
    [
      {
        orderNumber: "4188",
        id: "g1",
        amount: "20.50",
        items: [{ sku: "TEA-100", unitPrice: "20.50", quantity: 1 }],
      },
    ],
  ],
  [
    "Saleor: what is granted counts when it is made, on that day",
    mappers.saleorRefunds,
    {
      ...SALEOR_WITH_IDS,
      grantedRefunds: ["NONE", "PENDING", "SUCCESS"].map((status) => ({
        id: status,
        createdAt: "2026-11-20T08:00:00Z",
        status,
        amount: { amount: 25.22 },
        lines: [{ quantity: 1, orderLine: { id: "l0" } }],
        transactionEvents: [
          { type: "REFUND_REQUEST", createdAt: "2026-11-27T08:00:00Z" },
          { type: "REFUND_SUCCESS", createdAt: AT },
        ],
      })),
    },
    [{ id: "SUCCESS", refundedAt: AT }],
  ],
  [
    "Saleor: an amount below the lines' price returns that part of them",
    mappers.saleorRefunds,
    {
      ...SALEOR_WITH_IDS,
      grantedRefunds: [
        {
          ...{ id: "g1", createdAt: AT, status: "SUCCESS", amount: { amount: 25.22 } },
          lines: [{ quantity: 2, orderLine: { id: "l0" } }],
        },
      ],
    },
    [{ amount: "20.50", items: [{ sku: "TEA-100", unitPrice: "10.25", quantity: 2 }] }],
  ],
  [
    "Saleor: a fulfillment's amount below the lines' price does so too",
    mappers.saleorRefunds,
    {
      ...SALEOR_WITH_IDS,
      fulfillments: [
        {
          ...{ id: "f1", created: AT, status: "REFUNDED", totalRefundedAmount: { amount: 25.22 } },
          lines: [{ quantity: 2, orderLine: { id: "l0" } }],
        },
      ],
    },
    [{ amount: "20.50", items: [{ quantity: 2 }] }],
  ],
  [
    "Vendure: two of three scarves",
    mappers.vendureRefunds,
    {
      ...VENDURE_ORDER,
      totalWithTax: 12_901,
      payments: [
        {
          refunds: [
            {
              id: "1",
              createdAt: AT,
              state: "Pending",
              total: 5_440,
              lines: [{ orderLineId: "21", quantity: 2 }],
            },
          ],
        },
      ],
    },
    [
      {
        orderNumber: "VT9XQW3JD2",
        amount: "45.34",
        items: [{ sku: "SCARF", unitPrice: "22.67", quantity: 2 }],
      },
    ],
  ],
  [
    "Vendure: an item that was canceled, refunded to two payments",
    mappers.vendureRefunds,
    {
      ...VENDURE_ORDER,
      lines: [
        {
          id: "31",
          quantity: 0,
          proratedLinePrice: 0,
          proratedUnitPrice: 5_000,
          proratedUnitPriceWithTax: 6_000,
          productVariant: { sku: "COAT" },
        },
      ],
      payments: [4_500, 1_500].map((total, index) => ({
        refunds: [
          {
            id: String(index),
            createdAt: AT,
            state: "Pending",
            total,
            lines: [{ orderLineId: "31", quantity: 1 }],
          },
        ],
      })),
    },
    [
      { id: "0", amount: "37.50", items: [{ sku: "COAT", unitPrice: "37.50", quantity: 1 }] },
      { id: "1", amount: "12.50", items: [{ sku: "COAT", unitPrice: "12.50", quantity: 1 }] },
    ],
  ],
  [
    "Swell: a page of refunds, as an expanded link has it; one failed",
    mappers.swellRefunds,
    {
      ...SWELL_ORDER,
      refunds: {
        count: 2,
        results: [
          { id: "r1", amount: 5, date_created: AT, success: true },
          { id: "r2", amount: 5, date_created: AT, success: false, error: { message: "declined" } },
        ],
      },
    },
    [{ id: "r1", share: { refunded: "5" } }],
  ],
  [
    "Swell: its part of the grand total",
    mappers.swellRefunds,
    { order: SWELL_ORDER, refund: { id: "r1", amount: 5, date_created: AT, reason: "fraudulent" } },
    [{ reason: "FRAUD", share: { refunded: "5", paid: String(SWELL_ORDER.grand_total) } }],
  ],
  [
    "PayPal: a refund of the whole amount is the whole order",
    mappers.payPalRefunds,
    {
      order: PAYPAL_ORDER,
      refund: {
        id: "8AB",
        status: "COMPLETED",
        create_time: AT,
        amount: PAYPAL_ORDER.purchase_units[0]?.amount,
      },
    },
    [{ id: "8AB", reason: "RETURN" }],
  ],
  [
    "Magento: a rope less its discount, with an adjustment; a canceled memo is none",
    mappers.magentoRefunds,
    {
      order: MAGENTO_ORDER,
      refunds: [
        {
          entity_id: 4,
          increment_id: "000000004",
          created_at: "2026-11-28 10:15:00",
          adjustment_positive: 2,
          adjustment_negative: 0.5,
          items: [
            { sku: "ROPE", qty: 1, row_total: 50, discount_amount: 6, discount_tax_compensation_amount: 1 },
            { sku: "HARNESS", qty: 1, row_total: null },
          ],
          state: 2,
        },
        { entity_id: 5, state: 3, created_at: "2026-11-28 10:15:00", items: [{ qty: 1, row_total: 50 }] },
      ],
    },
    [
      {
        orderNumber: "000000061",
        refundedAt: AT,
        currency: "GBP",
        amount: "46.50",
        items: [{ sku: "ROPE", unitPrice: "45.00", quantity: 1 }],
      },
    ],
  ],
  [
    "Magento: a refunded gift card is no goods, as the order's item says",
    mappers.magentoRefunds,
    {
      order: {
        ...MAGENTO_ORDER,
        items: [
          ...MAGENTO_ORDER.items,
          { item_id: 110, product_type: "giftcard", sku: "GIFT", qty_ordered: 1, row_total: 50 },
        ],
      },
      refunds: [
        {
          ...{ entity_id: 6, created_at: "2026-11-28 10:15:00", state: 2 },
          items: [
            { sku: "GIFT", order_item_id: 110, qty: 1, row_total: 50 },
            { sku: "ROPE", order_item_id: 101, qty: 1, row_total: 50 },
          ],
        },
      ],
    },
    [{ amount: "50.00", items: [{ sku: "ROPE", unitPrice: "50.00", quantity: 1 }] }],
  ],
];

describe("a platform's refunds", () => {
  test.each(CASES)("%s", (_title, map, given, refunds) => {
    const result = map(given);
    expect(result).toMatchObject({ status: "mapped", refunds });
    expect(result.status === "mapped" && result.refunds).toHaveLength(refunds.length);
    // A refund of a whole order has none of these.
    if (_title.includes("whole order") && result.status === "mapped")
      expect(Object.keys(result.refunds[0] ?? {}).sort()).toEqual([
        "currency",
        "id",
        "orderNumber",
        "reason",
        "refundedAt",
      ]);
  });

  test.each([
    ["a refund without its charge", mappers.stripeRefunds, STRIPE_REFUND, "charge.amount_captured"],
    ["a refund without its order", mappers.shopifyRefunds, SHOPIFY_REFUND, "refunds"],
    [
      "a refund without its order",
      mappers.payPalRefunds,
      { id: "8AB", amount: { value: "5.00" } },
      "purchase_units.0.payments.refunds",
    ],
    ["an order without its credit memos", mappers.magentoRefunds, MAGENTO_ORDER, "refunds"],
    [
      "a line that the order does not have",
      mappers.vendureRefunds,
      {
        ...VENDURE_ORDER,
        payments: [
          { refunds: [{ id: "1", createdAt: AT, total: 1, lines: [{ orderLineId: "99", quantity: 1 }] }] },
        ],
      },
      "payments[0].refunds[0].lines[0].orderLineId",
    ],
    [
      "a refund without a time",
      mappers.stripeRefunds,
      { ...STRIPE_REFUND, charge: CHARGE, created: null },
      "created",
    ],
  ] as const)("%s is unmappable, and the issue names the field", (_title, map, given, path) => {
    expect(map(given)).toMatchObject({
      status: "unmappable",
      issues: expect.arrayContaining([expect.objectContaining({ path })]),
    });
  });

  test("a granted refund whose status is not known, or not SUCCESS, is a finding", () => {
    const granted = { createdAt: AT, amount: { amount: 10 }, lines: [] };
    const grantedRefunds = [
      { id: "1", ...granted },
      { id: "2", status: "NONE", ...granted },
    ];
    expect(mappers.saleorRefunds({ ...SALEOR_WITH_IDS, grantedRefunds })).toMatchObject({
      refunds: [{ id: "1" }],
      findings: [
        { path: "grantedRefunds[0].status", message: expect.stringContaining("is missing") },
        { path: "grantedRefunds[1].status", message: expect.stringContaining("is NONE") },
      ],
    });
  });

  test("the shop's own number, SKU and goods win", () => {
    const options = {
      orderNumber: "OWN-1",
      sku: () => "OWN-SKU",
      isGoods: (line: Readonly<Record<string, unknown>>) => line.sku !== "TIP",
    };
    const tip = { ...SHOPIFY_LINE, line_item: { id: 2, sku: "TIP" } };
    const result = mappers.shopifyRefunds(ofShopify({ refund_line_items: [SHOPIFY_LINE, tip] }), options);
    expect(result).toMatchObject({
      refunds: [{ orderNumber: "OWN-1", reason: "RETURN", amount: "20.00", items: [{ sku: "OWN-SKU" }] }],
    });
  });

  test("no mapper throws, whatever it is given", () => {
    for (const map of Object.values(mappers)) {
      fc.assert(
        fc.property(fc.anything(), (given) => {
          for (const one of [given, { order: given, refund: given }, { refunds: [given], order: {} }])
            expect(["mapped", "unmappable"]).toContain(map(one).status);
        }),
        { numRuns: 60 },
      );
    }
  });
});
