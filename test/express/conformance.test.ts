import { createTracker, packContext, trackClicks, trackOrders, unpackContext } from "@avantlink-s2s/express";
import express from "express";
import { testAdapter } from "../conformance/adapter.ts";
import { suiteEvents } from "../conformance/harness.ts";
import {
  confirmationPage,
  HOME,
  plainReceipt,
  resolveNow,
  suiteOrder,
  trackerOptions,
} from "../conformance/shop.ts";
import { serve } from "../support/shop.ts";

testAdapter("Express", async (settings) => {
  const events = suiteEvents();
  // Express has its own setting for proxies.
  const { trustedProxies: _, ...options } = trackerOptions(settings, events.onEvent);
  const tracker = createTracker(options);
  const app = express();
  app.set("trust proxy", settings.trustedProxies ?? 1);
  app.use(express.text(), express.json(), trackClicks(tracker));
  const queryOf = (req: express.Request) => new URL(req.originalUrl, "http://shop").searchParams;
  const page: express.RequestHandler = (req, res) => {
    const { status, headers, body } = confirmationPage(queryOf(req), posted(req));
    res
      .status(status)
      .set(headers)
      .send(body ?? undefined);
  };
  const posted = (req: express.Request) => (typeof req.body === "string" ? req.body : "");
  app.all("/", (_, res) => void res.set(HOME.headers).send(HOME.body));
  app.all("/plain", page);
  app.all(
    "/thank-you",
    trackOrders(tracker, (req) => resolveNow(queryOf(req), posted(req)), page),
  );
  app.get("/track", async (req, res) => {
    const waitForDeliveryMs = Number(queryOf(req).get("wait"));
    const order = await resolveNow(queryOf(req));
    res.json(plainReceipt(await tracker.trackOrder(order, req, { waitForDeliveryMs })));
  });
  app.post("/webhook", async (req, res) => {
    const { orderNumber, metadata } = req.body;
    const wait = { waitForDeliveryMs: 3_000 };
    res.json(plainReceipt(await tracker.trackOrder(suiteOrder(orderNumber), unpackContext(metadata), wait)));
  });
  app.get("/context", async (req, res) => void res.json(packContext(await tracker.contextOf(req))));
  app.get("/flush", async (_, res) => void res.json(await tracker.flush()));
  app.use(((_cause, _req, res, _next) => void res.sendStatus(500)) satisfies express.ErrorRequestHandler);
  const shop = await serve(app);
  return {
    url: shop.url,
    path: (name) => (name === "home" ? "/" : `/${name}`),
    eventThat: events.eventThat,
    close: async () => {
      await shop.close();
      await tracker.close({ timeoutMs: 0 });
    },
  };
});
