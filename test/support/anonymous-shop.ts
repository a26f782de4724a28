// A shop without a listener, whose shopper denies tracking: the request names them in every way.
import { once } from "node:events";
import { get } from "node:http";
import type { AddressInfo } from "node:net";
import { createTracker, trackClicks, trackOrders } from "@avantlink-s2s/express";
import { cookiebot } from "@avantlink-s2s/express/consent";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import express from "express";
import { anOrder, MERCHANT_ID } from "./orders.ts";

const { endpoint, path } = JSON.parse(process.argv[2] ?? "");
const tracker = createTracker({
  merchantId: MERCHANT_ID,
  endpoint,
  outbox: sqliteOutbox({ path }),
  consent: cookiebot("marketing"),
  whenDenied: "anonymous",
  retry: { baseDelayMs: 200, maxDelayMs: 200 },
});
// On a busy machine a file may take longer to open than a page's order waits.
await tracker.start();
const customer = { newCustomer: true, country: "US", state: "planted", region: "planted", id: "planted-id" };
const app = express().set("trust proxy", 1).use(trackClicks(tracker));
app.use(trackOrders(tracker, () => anOrder({ customer })));
app.get("/planted-path", (_, res) => void res.send("thank you"));
const server = app.listen(0, "127.0.0.1");
await once(server, "listening");
const headers = {
  "user-agent": "planted-agent",
  referer: "https://shop.example/planted-referrer",
  cookie:
    "avad=planted-avad; avad_visitor=planted-visitor; avad_gclid=planted-gclid; session=planted-session",
  "x-forwarded-for": "203.0.113.77",
  "accept-language": "planted",
  traceparent: "00-planted",
};
const { port } = server.address() as AddressInfo;
get({ port, path: "/planted-path?avad=planted-token&gclid=planted&email=planted", headers }).end();
await once(server, "request");
process.send?.({ kind: "accepted" });
process.on("message", async () => {
  await tracker.close({ timeoutMs: 1_000 });
  process.exit();
});
