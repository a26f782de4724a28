import { readdirSync, readFileSync } from "node:fs";
import type { MapperResult } from "@avantlink-s2s/core";
import { bigCommerceOrder } from "@avantlink-s2s/orders/bigcommerce";
import { commercetoolsOrder } from "@avantlink-s2s/orders/commercetools";
import { magentoOrder } from "@avantlink-s2s/orders/magento";
import { medusaOrder } from "@avantlink-s2s/orders/medusa";
import { payPalOrder } from "@avantlink-s2s/orders/paypal";
import { saleorOrder } from "@avantlink-s2s/orders/saleor";
import { shopifyOrder } from "@avantlink-s2s/orders/shopify";
import { stripeOrder } from "@avantlink-s2s/orders/stripe";
import { swellOrder } from "@avantlink-s2s/orders/swell";
import { vendureOrder } from "@avantlink-s2s/orders/vendure";
import { wooCommerceOrder } from "@avantlink-s2s/orders/woocommerce";
import { describe, expect, test } from "vitest";

/** What a sample must come to; what is not named here may be anything. */
interface Expected {
  readonly status: MapperResult["status"];
  readonly orderNumber?: string;
  readonly currency?: string;
  readonly subtotal?: string;
  /** `SKU unit price xquantity` of each line. */
  readonly products?: readonly string[];
  readonly couponCodes?: readonly string[];
  readonly customer?: object;
  readonly context?: object;
  /** `code path` of each finding. */
  readonly findings?: readonly string[];
  /** The path of each issue. */
  readonly issues?: readonly string[];
}

interface Sample {
  readonly title: string;
  readonly platform: string;
  readonly options: object;
  readonly input: unknown;
  readonly expected: Expected;
}

const MAPPERS: Readonly<Record<string, (order: unknown, options: object) => MapperResult>> = {
  bigcommerce: bigCommerceOrder,
  commercetools: commercetoolsOrder,
  magento: magentoOrder,
  medusa: medusaOrder,
  paypal: payPalOrder,
  saleor: saleorOrder,
  shopify: shopifyOrder,
  stripe: stripeOrder,
  swell: swellOrder,
  vendure: vendureOrder,
  woocommerce: wooCommerceOrder,
};

const folder = new URL("./samples/", import.meta.url);
const samples = readdirSync(folder).map(
  (name): Sample => JSON.parse(readFileSync(new URL(name, folder), "utf8")),
);

function summary(mapped: MapperResult): Expected {
  if (mapped.status !== "mapped") {
    return { ...mapped, issues: mapped.issues.map(({ path }) => path) };
  }
  const { order, context, findings } = mapped;
  const subtotal = String(order.subtotal);
  return {
    status: mapped.status,
    ...order,
    subtotal,
    couponCodes: order.couponCodes ?? [],
    products: order.products.map(({ sku, unitPrice, quantity }) => `${sku} ${unitPrice} x${quantity}`),
    ...(context ? { context } : {}),
    findings: findings.map(({ code, path }) => `${code} ${path}`),
  };
}

/** Orders as public samples and shops have them, with the values changed. */
describe.each(samples)("the $platform mapper", ({ title, platform, options, input, expected }) => {
  test(`maps ${title} as expected`, () => {
    const map = MAPPERS[platform] ?? expect.unreachable(`${platform} has no mapper`);
    expect(summary(map(input, options))).toMatchObject(expected);
  });
});
