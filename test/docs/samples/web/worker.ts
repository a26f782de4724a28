import { createTracker, trackClicks, trackOrders } from "@avantlink-s2s/web";
import { findOrder, otherPages, thankYou } from "./orders.ts";

const tracker = createTracker({ merchantId: process.env.AVANTLINK_MERCHANT_ID });
const clicks = trackClicks(tracker);
const confirm = trackOrders(tracker, async (request) => findOrder(await request.json()), thankYou);

export default {
  fetch: (request: Request, _env: unknown, ctx: { waitUntil(work: Promise<unknown>): void }) => {
    const host = { waitUntil: (work: Promise<unknown>) => ctx.waitUntil(work) };
    const { pathname } = new URL(request.url);
    const page = () => (pathname === "/thank-you" ? confirm(request, host) : otherPages(request));
    return clicks(request, page, host);
  },
};
