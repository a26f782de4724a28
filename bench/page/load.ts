import autocannon from "autocannon";
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

/** Asks for a page, as fast as it comes or at a rate a second, for some time. */
export async function load({ url, cookie }: Page, seconds: number, rate?: number): Promise<LoadFigures> {
  const times: number[] = [];
  const started = performance.now();
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const instance = autocannon(
      {
        url,
        headers: { ...BROWSER, cookie: [BROWSER.cookie, cookie].filter(Boolean).join("; ") },
        connections: SHOPPERS,
        duration: Math.max(1, Math.ceil(seconds) + 1),
        ...(rate === undefined ? {} : { overallRate: rate }),
      },
      (error, done) => (error ? reject(error) : resolve(done)),
    );
    instance.on("response", (_client, _status, _bytes, ms) => times.push(ms));
    setTimeout(() => instance.stop(), seconds * 1_000);
  });
  const took = (performance.now() - started) / 1_000;
  times.sort((a, b) => a - b);
  return {
    perSecond: times.length / Math.min(took, seconds),
    p50: quantile(times, 0.5),
    p99: quantile(times, 0.99),
    broken: result.non2xx + result.errors + result.timeouts,
  };
}
