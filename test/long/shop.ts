// A small shop in a process of its own, to be killed while it accepts orders.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TrackingEvent } from "@avantlink-s2s/core";
import { createTracker, trackOrders } from "@avantlink-s2s/express";
import express from "express";
import { anOrder, MERCHANT_ID } from "../support/orders.ts";
import { type OutboxAddress, outboxAt } from "../support/outboxes.ts";

/** How a shop is started. */
export interface ShopSettings {
  readonly address: OutboxAddress;
  /** The URL of the sandbox. */
  readonly endpoint: string;
  readonly concurrency: number;
}

/** The messages of a shop. */
export type ShopNews =
  | { readonly kind: "listening"; readonly port: number }
  /** An event acknowledged the order. */
  | { readonly kind: "accepted"; readonly orderNumber: string }
  /** The outbox did not accept the order in time; it is sent directly. */
  | { readonly kind: "refused"; readonly orderNumber: string }
  | { readonly kind: "verdict"; readonly type: "delivered" | "retrying"; readonly orderNumber: string };

/** The answer of a shop on `/receipt`. */
export interface ShopReceipt {
  readonly status: string;
}

const { address, endpoint, concurrency }: ShopSettings = JSON.parse(process.argv[2] ?? "");
process.on("disconnect", () => process.exit());
const send = (news: ShopNews) => process.send?.(news);

function onEvent(event: TrackingEvent): void {
  if (!("orderNumber" in event) || event.kind !== "order") return;
  if (event.type === "accepted") send({ kind: "accepted", orderNumber: event.orderNumber });
  if (event.type === "not-stored") send({ kind: "refused", orderNumber: event.orderNumber });
  if (event.type === "delivered" || event.type === "retrying") {
    send({ kind: "verdict", type: event.type, orderNumber: event.orderNumber });
  }
}

const tracker = createTracker({
  merchantId: MERCHANT_ID,
  endpoint,
  outbox: await outboxAt(address),
  timeoutMs: 3_000,
  concurrency,
  retry: { baseDelayMs: 100, maxDelayMs: 2_000 },
  onEvent,
});
const orderOf = (orderNumber: string) => anOrder({ orderNumber });
const app = express();

// The middleware accepts the order after the page was sent.
app.get(
  "/page/:number",
  trackOrders(tracker, (request) => orderOf(String(request.params.number))),
  (_, response) => void response.send("thank you"),
);
// The page waits for the receipt, as a page that redirects does it.
app.get("/receipt/:number", async (request, response) => {
  const receipt = await tracker.trackOrder(orderOf(request.params.number), request);
  response.json({ status: receipt.status } satisfies ShopReceipt);
});
app.get("/totals", async (_, response) => {
  response.json((await tracker.health()).totals ?? null);
});

const server = createServer(app);
server.listen(0, "127.0.0.1", async () => {
  await tracker.start();
  send({ kind: "listening", port: (server.address() as AddressInfo).port });
});
