// A small shop in a process of its own, to be killed while it takes orders.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { TrackingEvent } from "@avantlink-s2s/core";
import { createTracker, trackOrder, trackOrders } from "@avantlink-s2s/express";
import express from "express";
import { anOrder, MERCHANT_ID } from "../support/orders.ts";
import { type OutboxAddress, outboxAt } from "../support/outboxes.ts";

/** How a shop is started. */
export interface ShopSettings {
  readonly address: OutboxAddress;
  /** Where the sandbox is. */
  readonly endpoint: string;
  readonly concurrency: number;
}

/** What a shop tells. */
export type ShopNews =
  | { readonly told: "listening"; readonly port: number }
  /** An order's acceptance was acknowledged by an event. */
  | { readonly told: "accepted"; readonly orderNumber: string }
  /** Its outbox did not take it in time, so that it is sent directly. */
  | { readonly told: "refused"; readonly orderNumber: string }
  | { readonly told: "verdict"; readonly type: "delivered" | "retrying"; readonly orderNumber: string };

/** What a shop answers on `/receipt`. */
export interface ShopReceipt {
  readonly status: string;
  readonly code?: string;
}

const { address, endpoint, concurrency }: ShopSettings = JSON.parse(process.argv[2] ?? "");
process.on("disconnect", () => process.exit());
const tell = (news: ShopNews) => process.send?.(news);

function onEvent(event: TrackingEvent): void {
  if (!("orderNumber" in event) || event.kind !== "order") return;
  if (event.type === "accepted") tell({ told: "accepted", orderNumber: event.orderNumber });
  if (event.type === "rejected") tell({ told: "refused", orderNumber: event.orderNumber });
  if (event.type === "delivered" || event.type === "retrying") {
    tell({ told: "verdict", type: event.type, orderNumber: event.orderNumber });
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

// The order is accepted after the page was sent, as the middleware does it.
app.get(
  "/page/:number",
  trackOrders(tracker, (request) => orderOf(String(request.params.number))),
  (_, response) => void response.send("thank you"),
);
// The page waits for the receipt, as a page that redirects does it.
app.get("/receipt/:number", async (request, response) => {
  const receipt = await trackOrder(tracker, orderOf(request.params.number), request);
  const answer: ShopReceipt = {
    status: receipt.status,
    ...(receipt.status === "rejected" ? { code: receipt.error.code } : {}),
  };
  response.json(answer);
});
app.get("/totals", async (_, response) => {
  response.json((await tracker.health()).totals ?? null);
});

const server = createServer(app);
server.listen(0, "127.0.0.1", async () => {
  await tracker.start();
  tell({ told: "listening", port: (server.address() as AddressInfo).port });
});
