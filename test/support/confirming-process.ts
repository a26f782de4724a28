// A process of a cluster that confirms orders, many at the same moment.
import { createTracker } from "@avantlink-s2s/core";
import { eventLog } from "./events.ts";
import { aContext, anOrder, MERCHANT_ID } from "./orders.ts";
import { type OutboxAddress, outboxAt } from "./outboxes.ts";

/** How a process is started. */
export interface ConfirmingSettings {
  readonly address: OutboxAddress;
  readonly endpoint: string;
}

/** Orders to confirm all at once. */
export interface Confirm {
  readonly numbers: readonly string[];
}

/** What it tells: how many were accepted, and how many had been before, once each is one or the other. */
export type ConfirmingNews =
  | { readonly told: "ready" }
  | { readonly told: "confirmed"; readonly accepted: number; readonly duplicate: number };

const { address, endpoint }: ConfirmingSettings = JSON.parse(process.argv[2] ?? "");
process.on("disconnect", () => process.exit());
const tell = (news: ConfirmingNews) => process.send?.(news);
const events = eventLog();
const tracker = createTracker({
  merchantId: MERCHANT_ID,
  endpoint,
  outbox: await outboxAt(address),
  onEvent: events.onEvent,
});

process.on("message", async ({ numbers }: Confirm) => {
  // So many at once may take their store longer than a receipt waits; then only an event tells what became of them.
  for (const orderNumber of numbers) void tracker.trackOrder(anOrder({ orderNumber }), aContext());
  const counts = () => ({ accepted: events.of("accepted").length, duplicate: events.of("duplicate").length });
  await events.until(() => counts().accepted + counts().duplicate === numbers.length);
  tell({ told: "confirmed", ...counts() });
});
await tracker.start();
tell({ told: "ready" });
