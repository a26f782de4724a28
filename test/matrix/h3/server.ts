import { createTracker, packContext, trackClicks, trackOrders, unpackContext } from "@avantlink-s2s/web/h3";
import { H3, type H3Event, serve } from "h3";
import { options } from "./suite/options.ts";
import { confirmationPage, HOME, plainReceipt, resolveNow, suiteOrder } from "./suite/shop.ts";

const tracker = createTracker(options);
const queryOf = (event: H3Event) => new URL(event.req.url).searchParams;

async function page(event: H3Event): Promise<Response> {
  const posted = await event.req.text();
  event.context.posted = posted;
  const { status, headers, body } = confirmationPage(queryOf(event), posted);
  return new Response(body, { status, headers });
}

const app = new H3({ silent: true });
app.use(trackClicks(tracker));
app.use(
  "/thank-you",
  trackOrders(tracker, (event) => resolveNow(queryOf(event), event.context.posted)),
);
app.all("/", () => new Response(HOME.body, { headers: HOME.headers }));
app.all("/plain", page);
app.all("/thank-you", page);
app.get("/track", async (event) => {
  const query = queryOf(event);
  const wait = { waitForDeliveryMs: Number(query.get("wait")) || undefined };
  return plainReceipt(await tracker.trackOrder(await resolveNow(query), event, wait));
});
app.post("/webhook", async (event) => {
  const { orderNumber, metadata } = await event.req.json();
  const wait = { waitForDeliveryMs: 3_000 };
  return plainReceipt(await tracker.trackOrder(suiteOrder(orderNumber), unpackContext(metadata), wait));
});
app.get("/context", async (event) => packContext(await tracker.contextOf(event)));
app.get("/flush", () => tracker.flush());
serve(app, { port: Number(process.env.PORT), hostname: "127.0.0.1", silent: true });
