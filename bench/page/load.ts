import { setTimeout as pause } from "node:timers/promises";
import autocannon from "autocannon";
import { Pool } from "undici";
import { quantile } from "../figures.ts";

/** What shoppers saw. */
export interface LoadFigures {
  readonly perSecond: number;
  readonly p50: number;
  readonly p99: number;
  /** Pages that broke or did not come. */
  readonly broken: number;
}

const SHOPPERS = 48;
const MAX_WAIT_MS = 2_000;
const LEAD_IN_SECONDS = 1;
const BROWSER = {
  host: "shop.example",
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
  "accept-language": "en-US,en;q=0.5",
  referer: "https://shop.example/checkout/payment",
  cookie:
    "session=s%3A1f0c11; avad=77_f3afbe121; avad_visitor=9b2f8f3e-52a1-4f0e-8d8b-3d1d1a1f0c11; theme=dark",
  "sec-fetch-dest": "document",
  "sec-fetch-mode": "navigate",
  "sec-fetch-site": "same-origin",
  "x-forwarded-for": "203.0.113.7",
  "x-forwarded-proto": "https",
};

/** A page, and the cookie by which it knows its shopper. */
export interface Page {
  readonly url: string;
  readonly cookie: string;
}

/** Asks for a page as fast as it comes, for some time. */
export async function saturate({ url, cookie }: Page, seconds: number): Promise<LoadFigures> {
  const times: number[] = [];
  const started = performance.now();
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const instance = autocannon(
      {
        url,
        headers: headersWith(cookie),
        connections: SHOPPERS,
        duration: Math.max(1, Math.ceil(seconds) + 1),
      },
      (error, done) => (error ? reject(error) : resolve(done)),
    );
    instance.on("response", (_client, _status, _bytes, ms) => times.push(ms));
    setTimeout(() => instance.stop(), seconds * 1_000);
  });
  const took = (performance.now() - started) / 1_000;
  const broken = result.non2xx + result.errors + result.timeouts;
  return figures(times, Math.min(took, seconds), broken);
}

/**
 * Asks for a page so many times a second, evenly, whether or not the last one came: shoppers do not wait for each
 * other. A page's time counts from when it should have been asked for.
 */
export async function visit({ url, cookie }: Page, seconds: number, rate: number): Promise<LoadFigures> {
  const { origin, pathname } = new URL(url);
  const shoppers = new Pool(origin, { connections: SHOPPERS });
  const headers = headersWith(cookie);
  const times: number[] = [];
  let broken = 0;
  const visits: Promise<void>[] = [];
  const one = async (due: number) => {
    try {
      const { statusCode, body } = await shoppers.request({ path: pathname, method: "GET", headers });
      await body.dump();
      if (statusCode !== 200) broken += 1;
      times.push(performance.now() - due);
    } catch {
      broken += 1;
    }
  };
  const ask = async (forSeconds: number, perSecond: number) => {
    const started = performance.now();
    for (let asked = 0; asked < perSecond * forSeconds; await pause(1)) {
      const due = Math.min(forSeconds * 1_000, performance.now() - started);
      for (; asked < (due * perSecond) / 1_000; asked += 1)
        visits.push(one(started + (asked * 1_000) / perSecond));
    }
  };
  // So that connections are open and those who ask are no longer the slow ones.
  await ask(LEAD_IN_SECONDS, rate / 2);
  times.length = 0;
  await ask(seconds, rate);
  // Who has no page by then is not getting one.
  const closing = setTimeout(() => void shoppers.destroy(), MAX_WAIT_MS);
  await Promise.all(visits);
  clearTimeout(closing);
  await shoppers.destroy();
  return figures(times, seconds, broken);
}

function headersWith(cookie: string) {
  return { ...BROWSER, cookie: [BROWSER.cookie, cookie].filter(Boolean).join("; ") };
}

function figures(times: number[], seconds: number, broken: number): LoadFigures {
  times.sort((a, b) => a - b);
  return {
    perSecond: times.length / seconds,
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    broken,
  };
}
