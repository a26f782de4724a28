import { createHistogram, type RecordableHistogram } from "node:perf_hooks";
import { setTimeout as pause } from "node:timers/promises";
import { Pool } from "undici";

const MAX_CONNECTIONS = 1_024;
const BROWSER = {
  host: "shop.example",
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "accept-language": "en-US,en;q=0.5",
  referer: "https://shop.example/checkout/payment",
  "sec-fetch-dest": "document",
  "sec-fetch-mode": "navigate",
  "sec-fetch-site": "same-origin",
  "x-forwarded-for": "203.0.113.7",
  "x-forwarded-proto": "https",
};
const COOKIE = "avad=77_f3afbe121; avad_visitor=9b2f8f3e-52a1-4f0e-8d8b-3d1d1a1f0c11; theme=dark";

/** What came of the request of a page. */
export interface Visit {
  /** The page's status, or what went wrong where no whole page came. */
  readonly status: number | string;
  readonly ms: number;
}

/** The shoppers of one shop. */
export interface Shoppers {
  visit(path: string, method?: "GET" | "POST"): Promise<Visit>;
  leave(): Promise<void>;
}

/** Shoppers of a shop at an origin, who hold this cookie of its session. */
export function shoppersOf(origin: string, session: string): Shoppers {
  const pool = new Pool(origin, { connections: MAX_CONNECTIONS });
  const headers = { ...BROWSER, cookie: `${COOKIE}; ${session}` };
  return {
    async visit(path, method = "GET") {
      const started = performance.now();
      try {
        const { statusCode, body } = await pool.request({ path, method, headers });
        await body.dump({ limit: Number.MAX_SAFE_INTEGER });
        return { status: statusCode, ms: performance.now() - started };
      } catch (cause) {
        return { status: String(cause), ms: performance.now() - started };
      }
    },
    leave: () => pool.destroy(),
  };
}

/**
 * Calls `arrive` at random moments, `perSecond` times a second on average, until the signal: an open loop, in which no
 * shopper waits for another's page.
 */
export async function arrivals(perSecond: number, signal: AbortSignal, arrive: () => void): Promise<void> {
  let next = performance.now();
  while (!signal.aborted) {
    for (const now = performance.now(); next <= now; ) {
      arrive();
      next += (-Math.log(1 - Math.random()) * 1_000) / perSecond;
    }
    await pause(1);
  }
}

/** Lets so many shoppers visit pages one after the other, without a pause, for some seconds. Returns the pages. */
export async function rush(
  shoppers: number,
  seconds: number,
  visit: () => Promise<unknown>,
): Promise<number> {
  const until = performance.now() + seconds * 1_000;
  let pages = 0;
  const shopper = async () => {
    for (; performance.now() < until; pages += 1) await visit();
  };
  await Promise.all(Array.from({ length: shoppers }, shopper));
  return pages;
}

/** Page times, in milliseconds. */
export class Latencies {
  readonly #histogram: RecordableHistogram = createHistogram();

  add(ms: number): void {
    this.#histogram.record(Math.max(1, Math.round(ms * 1_000)));
  }

  get count(): number {
    return this.#histogram.count;
  }

  /** The time that `percent` of the pages did not exceed; NaN without pages. */
  percentile(percent: number): number {
    return this.count === 0 ? Number.NaN : this.#histogram.percentile(percent) / 1_000;
  }
}
