import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { type ShopProcess, startShop } from "./shop-process.ts";

/** Starts the processes of the order service. */
export interface OrderService {
  /** Sends shoppers to the payment page. */
  readonly checkout: (options: {
    readonly port?: number;
    readonly paymentUrl: string;
  }) => Promise<ShopProcess>;
  readonly webhook: (env?: Readonly<Record<string, string>>) => Promise<ShopProcess>;
  readonly worker: (env?: Readonly<Record<string, string>>) => Promise<ShopProcess>;
  /** The stand-in for a payment provider, which calls all these webhook processes at once. */
  readonly provider: (webhooks: readonly ShopProcess[]) => Promise<ShopProcess>;
  /** The secret with which the provider signs. */
  readonly secret: string;
}

const cwd = join(import.meta.dirname, "../order-service");
// The packages' sources, so that nothing has to be built first.
const SOURCE = "--conditions=@avantlink-s2s/source";
const MERCHANT_ID = "123e4567-e89b-12d3-a456-426614174000";

/** Prepares an empty database for the order service, as a deploy does. */
export async function prepareOrderService(databaseUrl: string, endpoint: string): Promise<OrderService> {
  const secret = "a secret between shop and provider";
  const env = {
    DATABASE_URL: databaseUrl,
    AVANTLINK_ENDPOINT: endpoint,
    AVANTLINK_MERCHANT_ID: MERCHANT_ID,
    PAYMENT_SECRET: secret,
    HOST: "127.0.0.1",
    PORT: "0",
    // The test that plays the shopper also plays the load balancer.
    TRUST_PROXY: "1",
  };
  const start = (file: string, more: Readonly<Record<string, string>> = {}) =>
    startShop({ args: [SOURCE, file], cwd, env: { ...env, ...more } });
  await promisify(execFile)(process.execPath, [SOURCE, "migrate.ts"], {
    cwd,
    env: { ...process.env, ...env },
  });
  return {
    secret,
    checkout: ({ port = 0, paymentUrl }) =>
      start("checkout.ts", { PORT: String(port), PAYMENT_URL: paymentUrl }),
    webhook: (env) => start("webhook.ts", env),
    worker: (env) => start("worker.ts", env),
    provider: (webhooks) => start("provider.ts", { WEBHOOK_URLS: webhooks.map(({ url }) => url).join(",") }),
  };
}
