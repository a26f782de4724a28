import {
  createTracker,
  packContext,
  type Tracker,
  type TrackerOptions,
  trackClicks,
  trackOrders,
  unpackContext,
} from "@avantlink-s2s/web/hono";
import { type Context, Hono } from "hono";
import { confirmationPage, HOME, plainReceipt, resolveNow, suiteOrder } from "../conformance/shop.ts";

/** The suite's shop on Hono, for every runtime that Hono runs on. */
export function suiteApp(options: TrackerOptions): { app: Hono; tracker: Tracker<Context> } {
  const tracker = createTracker(options);
  const app = new Hono();
  const queryOf = (c: Context) => new URL(c.req.url).searchParams;
  const page = async (c: Context) => {
    const { status, headers, body } = confirmationPage(queryOf(c), await c.req.text());
    return new Response(body, { status, headers });
  };
  app.onError(() => new Response("The shop broke.", { status: 500 }));
  app.use(trackClicks(tracker));
  app.all("/", () => new Response(HOME.body, { headers: HOME.headers }));
  app.all("/plain", page);
  app.all(
    "/thank-you",
    trackOrders(tracker, async (c) => resolveNow(queryOf(c), await c.req.text())),
    page,
  );
  app.get("/track", async (c) => {
    const query = queryOf(c);
    const wait = { waitForDeliveryMs: Number(query.get("wait")) || undefined };
    return c.json(plainReceipt(await tracker.trackOrder(await resolveNow(query), c, wait)));
  });
  app.post("/webhook", async (c) => {
    const { orderNumber, metadata } = await c.req.json();
    const wait = { waitForDeliveryMs: 3_000 };
    return c.json(
      plainReceipt(await tracker.trackOrder(suiteOrder(orderNumber), unpackContext(metadata), wait)),
    );
  });
  app.get("/context", async (c) => c.json(packContext(await tracker.contextOf(c))));
  app.get("/flush", async (c) => c.json(await tracker.flush()));
  return { app, tracker };
}
