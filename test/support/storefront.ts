import { createTracker, type TrackerOptions } from "@avantlink-s2s/express";
import { createShop } from "../../examples/express-storefront/shop.ts";
import { type EventLog, eventLog } from "./events.ts";
import { MERCHANT_ID } from "./orders.ts";
import { serve } from "./shop.ts";

/** The example shop, open on this machine. */
export interface Storefront {
  readonly url: string;
  readonly events: EventLog;
  /** Closes the shop as its own `server.ts` does: pages first, then orders. */
  close(): Promise<void>;
}

/** Opens the example shop behind one trusted proxy, with an empty database. */
export async function openStorefront(endpoint: string, options: TrackerOptions = {}): Promise<Storefront> {
  const events = eventLog();
  const tracker = createTracker({ merchantId: MERCHANT_ID, endpoint, onEvent: events.onEvent, ...options });
  const shop = createShop({ tracker, databasePath: ":memory:", trustProxy: 1 });
  const { url, close } = await serve(shop.app);
  return {
    url,
    events,
    async close() {
      await close();
      await tracker.close({ timeoutMs: 0 });
      shop.close();
    },
  };
}

/** What a proxy in front of the shop adds; the shopper's own forgery stands at the left. */
export const BEHIND_A_PROXY = { "X-Forwarded-For": "6.6.6.6, 203.0.113.7" };
