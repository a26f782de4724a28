import { createHmac, timingSafeEqual } from "node:crypto";
import { readFileSync } from "node:fs";
import * as shop from "@avantlink-s2s/express";
import { startSandbox } from "@avantlink-s2s/sandbox";
import express from "express";
import request from "supertest";
import ts from "typescript";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { MERCHANT_ID } from "../support/orders.ts";
import { BIGCOMMERCE_ORDER, BIGCOMMERCE_PRODUCTS } from "./fixtures/bigcommerce.ts";
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

/** What a shop has in its hands where the documentation begins. */
type Scope = Readonly<Record<string, unknown>>;

interface Webhook {
  readonly path: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The platform's own library, answering as the platform would. */
  readonly platform: Scope;
  /** The status when nothing was stored. @default 503 */
  readonly whenNotStored?: number;
}

const json = (value: unknown) => JSON.stringify(value);
const sign = (body: string) => createHmac("sha256", "secret").update(body).digest("base64");
const PAID_ID = json({ type: "order.paid", data: { id: 1 } });
const WOOCOMMERCE_BODY = json(WOOCOMMERCE_ORDER);
const CT_MESSAGE = json({ type: "OrderPaymentStateChanged", resource: { id: "o-1" } });
const JWS = "e30..c2ln";

const webhooks: Readonly<Record<string, Webhook>> = {
  stripe: {
    path: "/webhooks/stripe",
    body: json({ type: "checkout.session.completed", data: { object: { id: STRIPE_SESSION.id } } }),
    platform: {
      stripe: {
        webhooks: { constructEvent: (body: Buffer) => JSON.parse(body.toString()) },
        checkout: {
          sessions: {
            // More than ten lines: the session has the first of them.
            retrieve: async () => ({
              ...STRIPE_SESSION,
              line_items: { ...STRIPE_SESSION.line_items, has_more: true },
            }),
            listLineItems: async () => STRIPE_SESSION.line_items,
          },
        },
      },
    },
  },
  shopify: {
    path: "/webhooks/shopify/orders-paid",
    body: json(SHOPIFY_ORDER),
    platform: { shopify: { webhooks: { validate: async () => ({ valid: true }) } } },
  },
  woocommerce: {
    path: "/webhooks/woocommerce",
    body: WOOCOMMERCE_BODY,
    headers: { "X-WC-Webhook-Signature": sign(WOOCOMMERCE_BODY), "X-WC-Webhook-Topic": "order.updated" },
    platform: { log: { warn: () => {} } },
    whenNotStored: 200,
  },
  bigcommerce: {
    path: "/webhooks/bigcommerce",
    body: json({ scope: "store/order/statusUpdated", data: { type: "order", id: 218 } }),
    headers: { "X-Webhook-Secret": "secret" },
    platform: {
      api: {
        get: async (path: string) =>
          path.endsWith("/products?limit=250")
            ? BIGCOMMERCE_PRODUCTS
            : path.endsWith("/coupons?limit=250")
              ? []
              : BIGCOMMERCE_ORDER,
      },
    },
  },
  commercetools: {
    path: "/events/commercetools",
    body: json({ message: { data: Buffer.from(CT_MESSAGE).toString("base64") } }),
    headers: { Authorization: "Bearer token" },
    platform: {
      audience: "https://shop.example",
      authClient: { verifyIdToken: async () => {} },
      api: {
        orders: () => ({
          withId: () => ({ get: () => ({ execute: async () => ({ body: COMMERCETOOLS_ORDER }) }) }),
        }),
      },
    },
  },
  saleor: {
    path: "/webhooks/saleor",
    body: json({ order: SALEOR_ORDER }),
    headers: { "Saleor-Signature": JWS },
    platform: {
      saleorUrl: "https://shop.saleor.cloud",
      createRemoteJWKSet: (url: URL) => url,
      flattenedVerify: async ({ signature }: { readonly signature: string }) =>
        expect(signature).toBe("c2ln"),
    },
  },
  swell: {
    path: "/webhooks/swell/secret",
    body: PAID_ID,
    platform: { swell: { get: async () => SWELL_ORDER } },
  },
  magento: {
    path: "/webhooks/magento",
    body: json({ entity_id: 61 }),
    headers: { "X-Webhook-Secret": "secret" },
    platform: { api: { get: async () => MAGENTO_ORDER }, contextOfOrder: () => ({ avad: "77_f3" }) },
  },
  paypal: {
    path: "/webhooks/paypal",
    body: json({
      event_type: "PAYMENT.CAPTURE.COMPLETED",
      resource: { supplementary_data: { related_ids: { order_id: "5O1" } } },
    }),
    platform: {
      verifyWebhookSignature: async () => true,
      ordersController: { getOrder: async () => ({ result: PAYPAL_ORDER }) },
      contextOfOrder: () => ({ avad: "77_f3" }),
    },
  },
};

const sandbox = await startSandbox();
const trackers: shop.Tracker[] = [];
afterEach(async () => {
  sandbox.reset();
  await Promise.all(trackers.splice(0).map((tracker) => tracker.close({ timeoutMs: 0 })));
});
afterAll(() => sandbox.close());

/** The shop's own things, and ours. */
function aShop() {
  const tracker = shop.createTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url, onEvent: () => {} });
  trackers.push(tracker);
  return {
    app: express(),
    express,
    tracker,
    isFirstOrder: async () => true,
    createHmac,
    timingSafeEqual,
    secret: "secret",
    process: { env: { SWELL_WEBHOOK_SECRET: "secret", SHOPIFY_SECRET: "secret" } },
  };
}

type Shop = ReturnType<typeof aShop>;

/** A shop whose tracker stores nothing any more. */
async function aClosedShop(): Promise<Shop> {
  const closed = aShop();
  await closed.tracker.close({ timeoutMs: 0 });
  return closed;
}

/** The code of a mapper's documentation, as it is printed there. */
function example(platform: string): string {
  const source = readFileSync(new URL(`../../packages/orders/src/${platform}.ts`, import.meta.url), "utf8");
  const [, code = ""] = /@example\n \* ```ts\n([\s\S]*?) \* ```/.exec(source) ?? [];
  return code.replaceAll(/^ \* ?/gm, "");
}

/** Runs code with a scope around it. */
async function run(code: string, scope: Scope, self?: object): Promise<unknown> {
  const wrapped = `const made = async function () {${code}\n};`;
  const { outputText } = ts.transpileModule(wrapped, { compilerOptions: { target: ts.ScriptTarget.ES2022 } });
  const made = new Function(...Object.keys(scope), `${outputText}\nreturn made;`)(...Object.values(scope));
  return await made.call(self);
}

async function mapperOf(platform: string): Promise<Scope> {
  return { ...(await import(`../../packages/orders/src/${platform}.ts`)) };
}

describe.each(Object.entries(webhooks))("the webhook that %s documents", (platform, webhook) => {
  async function answer(shop: Shop) {
    await run(example(platform), { ...shop, ...webhook.platform, ...(await mapperOf(platform)) });
    return await request(shop.app)
      .post(webhook.path)
      .set("Content-Type", "application/json")
      .set(webhook.headers ?? {})
      .send(webhook.body);
  }

  test("takes some ten lines", () => {
    const lines = example(platform)
      .split("\n")
      .filter((line) => line.trim() !== "" && !/^\s*\/\//.test(line));
    expect(lines.length).toBeLessThanOrEqual(12);
  });

  test("answers 200 once the order is stored, and the order is delivered", async () => {
    expect((await answer(aShop())).status).toBe(200);
    await sandbox.waitForOrders(1);
    expect(sandbox.orders).toHaveLength(1);
  });

  test("makes the platform call again when nothing was stored", async () => {
    expect((await answer(await aClosedShop())).status).toBe(webhook.whenNotStored ?? 503);
  });
});

test("the subscriber that medusa documents throws when nothing was stored", async () => {
  const query = {
    graph: async ({ entity }: { readonly entity: string }) => ({
      data: [entity === "payment" ? { payment_collection: { order: { id: "order_1" } } } : MEDUSA_ORDER],
    }),
  };
  const code = example("medusa")
    .replace("export default", "return")
    .replace(/^export const config.*$/m, "");
  const events = { "payment.captured": "pay_1", "order.placed": "order_1" };
  for (const [name, id] of Object.entries(events)) {
    expect(example("medusa")).toContain(name);
    const subscriber = async (shop: Shop) => {
      const made = await run(code, { ...shop, ...(await mapperOf("medusa")) });
      if (typeof made !== "function") throw new TypeError("no subscriber");
      await made({ event: { name, data: { id } }, container: { resolve: () => query } });
    };
    await subscriber(aShop());
    await sandbox.waitForOrders(1);
    sandbox.reset();
    await expect(subscriber(await aClosedShop())).rejects.toThrow("not stored");
  }
});

test("the job that vendure documents throws when nothing was stored", async () => {
  const added: unknown[] = [];
  const self = {
    eventBus: {
      ofType: () => ({
        pipe: () => ({
          subscribe: (next: (event: object) => void) =>
            next({ ctx: { serialize: () => "ctx" }, order: { id: 1 } }),
        }),
      }),
    },
    trackQueue: { add: (...job: unknown[]) => void added.push(job) },
    orderService: {
      findOne: async () => VENDURE_ORDER,
      findByCustomerId: async () => ({ totalItems: 1 }),
    },
  };
  const platform = {
    filter: () => {},
    OrderStateTransitionEvent: {},
    placedOnly: {},
    ctx: {},
    job: { data: { id: 1 } },
  };
  const job = async (shop: Shop) =>
    run(example("vendure"), { ...shop, ...platform, ...(await mapperOf("vendure")) }, self);
  await job(aShop());
  expect(added).toEqual([[{ ctx: "ctx", id: 1 }, { retries: 10 }]]);
  await sandbox.waitForOrders(1);
  await expect(job(await aClosedShop())).rejects.toThrow("not stored");
});
