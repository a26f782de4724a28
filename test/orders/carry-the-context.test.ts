import { readFileSync } from "node:fs";
import { type MapperResult, packContext, toOrderPayload, unpackContext } from "@avantlink-s2s/core";
import * as shop from "@avantlink-s2s/express";
import { bigCommerceOrder } from "@avantlink-s2s/orders/bigcommerce";
import { commercetoolsOrder } from "@avantlink-s2s/orders/commercetools";
import { magentoOrder } from "@avantlink-s2s/orders/magento";
import { medusaOrder } from "@avantlink-s2s/orders/medusa";
import { payPalOrder } from "@avantlink-s2s/orders/paypal";
import { stripeRefunds } from "@avantlink-s2s/orders/refunds";
import { saleorOrder } from "@avantlink-s2s/orders/saleor";
import { shopifyOrder } from "@avantlink-s2s/orders/shopify";
import { stripeOrder } from "@avantlink-s2s/orders/stripe";
import { swellOrder } from "@avantlink-s2s/orders/swell";
import { vendureOrder } from "@avantlink-s2s/orders/vendure";
import { wooCommerceOrder } from "@avantlink-s2s/orders/woocommerce";
import express from "express";
import request from "supertest";
import ts from "typescript";
import { afterAll, expect, test } from "vitest";
import { MERCHANT_ID } from "../support/orders.ts";
import { BIGCOMMERCE_COUPONS, BIGCOMMERCE_ORDER, BIGCOMMERCE_PRODUCTS } from "./fixtures/bigcommerce.ts";
import { COMMERCETOOLS_ORDER } from "./fixtures/commercetools.ts";
import { MAGENTO_ORDER } from "./fixtures/magento.ts";
import { MEDUSA_ORDER } from "./fixtures/medusa.ts";
import { PAYPAL_ORDER } from "./fixtures/paypal.ts";
import { SALEOR_ORDER } from "./fixtures/saleor.ts";
import { SHOPIFY_ORDER } from "./fixtures/shopify.ts";
import { STRIPE_SESSION } from "./fixtures/stripe.ts";
import { SWELL_ORDER } from "./fixtures/swell.ts";
import { VENDURE_ORDER } from "./fixtures/vendure.ts";
import { WOOCOMMERCE_ORDER } from "./fixtures/woocommerce.ts";
import { accepted } from "./mapper-suite.ts";

const page = readFileSync(new URL("../../docs/carry-the-context.md", import.meta.url), "utf8");
const tracker = shop.createTracker({ merchantId: MERCHANT_ID, onEvent: () => {} });
afterAll(() => tracker.close({ timeoutMs: 0 }));

/** What a platform keeps of what the shop's lines write: the arguments of each call of its client. */
type Written = readonly (readonly unknown[])[];
/** Writes a call down. */
type Write = (...given: unknown[]) => unknown;

interface Carriage {
  /** The platform's client, whose calls are written down. */
  scope(write: Write, written: Written): object;
  /** The order that the platform makes of it. */
  map(written: Written): MapperResult;
}

const argument = (written: Written, call: number, index: number): object => Object(written[call]?.[index]);
const field = (holder: object, ...names: string[]): unknown =>
  names.reduce<unknown>((value, name) => Reflect.get(Object(value), name), holder);

/** The metafields of a BigCommerce cart: a second POST of a metafield is a conflict, and a PUT changes it. */
function cartApi(write: Write, written: Written) {
  const kept = () => written.map(([, metafield], id) => ({ ...Object(metafield), id }));
  return {
    get: async () => ({ data: [{ id: 99, namespace: "another app" }, ...kept()] }),
    async post(path: string, metafield: { readonly namespace: string; readonly key: string }) {
      const isSame = (one: object) =>
        ["namespace", "key"].every((n) => field(one, n) === field(metafield, n));
      if (kept().some(isSame)) throw new Error("409 Conflict");
      await write(path, metafield);
    },
    async put(path: string, change: object) {
      Object.assign(argument(written, Number(path.split("/").at(-1)), 1), change);
    },
  };
}

const CARRIAGES: Readonly<Record<string, Carriage>> = {
  Stripe: {
    scope: (create) => ({ stripe: { checkout: { sessions: { create } } }, checkout: {}, orderNumber: "R-1" }),
    map: (written) => {
      const created = argument(written, 0, 0);
      const mapped = stripeOrder({ ...STRIPE_SESSION, metadata: field(created, "metadata") });
      // Stripe copies the payment's metadata to the charge, and nothing of the session's.
      const metadata = field(created, "payment_intent_data", "metadata");
      const refunds = { data: [{ id: "re_1", amount: 500, currency: "usd", created: 1_700_000_000 }] };
      const charge = { object: "charge", payment_intent: "pi_1", amount: 1000, metadata, refunds };
      const orderNumber = mapped.status === "mapped" && mapped.order.orderNumber;
      expect(stripeRefunds(charge)).toMatchObject({ refunds: [{ orderNumber }] });
      return mapped;
    },
  },
  Shopify: {
    scope: (send) => ({ storefront: { request: send }, CART_ATTRIBUTES_UPDATE: "", cartId: "c1" }),
    map: (written) => {
      const attributes = field(argument(written, 0, 1), "variables", "attributes");
      const note_attributes = Array.from(Object(attributes), ({ key, value }) => ({ name: key, value }));
      return shopifyOrder({ ...SHOPIFY_ORDER, note_attributes });
    },
  },
  WooCommerce: {
    scope: (put) => ({ woo: { put }, orderId: 727 }),
    map: (written) => wooCommerceOrder({ ...WOOCOMMERCE_ORDER, ...argument(written, 0, 1) }),
  },
  BigCommerce: {
    scope: (write, written) => ({ api: cartApi(write, written), cartId: "c1" }),
    map: (written) =>
      bigCommerceOrder(BIGCOMMERCE_ORDER, {
        products: BIGCOMMERCE_PRODUCTS,
        coupons: BIGCOMMERCE_COUPONS,
        metafields: { data: written.map(([, metafield]) => metafield) },
      }),
  },
  Medusa: {
    scope: (update) => ({ medusa: { store: { cart: { update } } }, cartId: "c1" }),
    map: (written) => medusaOrder({ ...MEDUSA_ORDER, ...argument(written, 0, 1) }),
  },
  commercetools: {
    scope: (write) => {
      const post = (given: unknown) => ({ execute: () => write(given) });
      return { carts: { withId: () => ({ post }) }, cart: { id: "c1", version: 1 } };
    },
    map: (written) => {
      const fields = field(argument(written, 0, 0), "body", "actions", "0", "fields");
      return commercetoolsOrder({ ...COMMERCETOOLS_ORDER, custom: { fields } });
    },
  },
  Saleor: {
    scope: (send) => ({ saleor: { request: send }, UPDATE_METADATA: "", checkoutId: "c1" }),
    map: (written) => saleorOrder({ ...SALEOR_ORDER, metadata: field(argument(written, 0, 1), "input") }),
  },
  Vendure: {
    scope: (send) => ({ vendure: { request: send }, SET_ORDER_CUSTOM_FIELDS: "" }),
    map: (written) => {
      const customFields = field(argument(written, 0, 1), "input", "customFields");
      return vendureOrder({ ...VENDURE_ORDER, customFields });
    },
  },
  Swell: {
    scope: (update) => ({ swell: { cart: { update } } }),
    map: (written) => swellOrder({ ...SWELL_ORDER, ...argument(written, 0, 0) }),
  },
  PayPal: {
    scope: (set) => ({ rows: { set }, orderNumber: "R-1" }),
    map: (written) => ({
      ...accepted(payPalOrder(PAYPAL_ORDER)),
      context: unpackContext(argument(written, 0, 1)),
    }),
  },
  Magento: {
    scope: (set) => ({ rows: { set }, placed: { order: { order_number: "000000061" } } }),
    map: (written) => ({
      ...accepted(magentoOrder(MAGENTO_ORDER)),
      context: unpackContext(argument(written, 0, 1)),
    }),
  },
};

/** The lines that the page prints first under a platform's heading. */
function lines(platform: string): string {
  const section = page.split(`\n## ${platform}\n`)[1] ?? "";
  return /```ts\n([\s\S]*?)```/.exec(section)?.[1] ?? "";
}

test("the page has lines for every platform that has a mapper", () => {
  const headings = [...page.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
  expect(headings).toEqual(Object.keys(CARRIAGES));
});

const SHOPPER = {
  Cookie: "avad=77_f3afbe121; avad_visitor=4c1f0a6e-7a52-4a0e-9a57-0d4a3f2b9c11; avad_gclid=G-1",
  "Sec-Fetch-Site": "same-origin",
  "User-Agent": "Mozilla/5.0 carriage",
};

/** A shopper's visit to the checkout, which runs the platform's lines. `written` gets the calls of its client. */
async function visitCheckout(
  platform: string,
  written: unknown[][],
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { outputText } = ts.transpileModule(`async function checkout() {${lines(platform)}\n}`, {
    compilerOptions: { target: ts.ScriptTarget.ES2022 },
  });
  const app = express().get("/checkout", async (req, res) => {
    const write = async (...given: unknown[]) => void written.push(given);
    const scope = { tracker, packContext, req, ...CARRIAGES[platform]?.scope(write, written) };
    const run = new Function(...Object.keys(scope), `${outputText}\nreturn checkout();`);
    await run(...Object.values(scope));
    res.sendStatus(204);
  });
  const answer = await request(app)
    .get("/checkout")
    .set({ ...SHOPPER, ...headers });
  expect(answer.status).toBe(204);
}

test.each(Object.entries(CARRIAGES))(
  "carries the shopper's context through %s",
  async (platform, carriage) => {
    expect(lines(platform).trim().split("\n").length).toBeLessThanOrEqual(5);
    const written: unknown[][] = [];
    await visitCheckout(platform, written);
    // What travels through a platform is JSON.
    const mapped = accepted(carriage.map(JSON.parse(JSON.stringify(written))));
    const result = toOrderPayload(mapped.order, mapped.context);
    if (!result.ok) throw result.error;
    expect(result.payload).toMatchObject({
      tracking_ids: { avantlink_avad: "77_f3afbe121", visitor_id: ["4c1f0a6e-7a52-4a0e-9a57-0d4a3f2b9c11"] },
      google_click_id: "G-1",
      user_agent: "Mozilla/5.0 carriage",
    });
  },
);

test("a denial on a later visit to the checkout of BigCommerce is carried", async () => {
  const { BigCommerce: carriage } = CARRIAGES;
  if (!carriage) return expect.unreachable();
  const written: unknown[][] = [];
  await visitCheckout("BigCommerce", written);
  await visitCheckout("BigCommerce", written, { "Sec-GPC": "1" });
  expect(accepted(carriage.map(written)).context).toMatchObject({ gpc: true });
});

test.each(["first", "last"])("a denial counts where a list has its name twice, the denial %s", (place) => {
  const choices = [
    { key: "avantlink_consent", value: "denied" },
    { key: "avantlink_consent", value: "granted" },
  ];
  const meta = Object.entries(packContext({ avad: "1" })).map(([key, value]) => ({ key, value }));
  const meta_data = [...meta, ...(place === "first" ? choices : choices.toReversed())];
  const result = accepted(wooCommerceOrder({ ...WOOCOMMERCE_ORDER, meta_data }));
  expect(result.context).toMatchObject({ avad: "1", consent: "denied" });
});
