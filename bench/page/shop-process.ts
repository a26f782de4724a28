// A shop whose thank-you page's orders somebody tracks, or nobody.
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express from "express";
import { serve } from "../child-process.ts";
import { type PageKind, pagesShown, settle, shopOf, THANK_YOU } from "./shops.ts";
import { type Contender, trackingOf } from "./tracking.ts";

const { BENCH_CONTENDER, BENCH_PAGE, BENCH_RECEIVER = "", BENCH_FILE } = process.env;

const shop = shopOf(BENCH_PAGE as PageKind);
const tracking = trackingOf(BENCH_CONTENDER as Contender, {
  receiver: BENCH_RECEIVER,
  orderShown: shop.orderShown,
  file: BENCH_FILE,
});
const app = express();
settle(app);
tracking.install?.(app, THANK_YOU);
for (const handler of shop.before) app.use(handler);
if (shop.enter) app.get("/enter", shop.enter);
app.get(THANK_YOU, shop.find, ...(tracking.handler ? [tracking.handler] : []), shop.show);

const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const methods = {
  /** The page, and the cookie by which it knows its shopper. */
  async page() {
    const [cookie = ""] = shop.enter ? (await fetch(`${origin}/enter`)).headers.getSetCookie() : [];
    return { url: origin + THANK_YOU, cookie: cookie.split(";", 1)[0] ?? "" };
  },
  /** How many pages it has shown, and how long that has kept processors busy, in milliseconds. */
  work() {
    const { user, system } = process.cpuUsage();
    return { pages: pagesShown(), cpuMs: (user + system) / 1_000 };
  },
  /** What it holds of memory, with and without what could be let go of. */
  memory() {
    const { rss } = process.memoryUsage();
    globalThis.gc?.();
    return { rss, heap: process.memoryUsage().heapUsed };
  },
  async orders() {
    const own = await tracking.accepted?.();
    return own ?? { accepted: pagesShown(), refused: 0, pending: 0 };
  },
  finish: (ms: number) => tracking.finish(ms),
};

export type ShopMethods = typeof methods;
process.once("SIGINT", () => process.exit());
serve(methods);
