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

/** What it tells, once each order was taken here or had been taken before. */
export type ConfirmingNews =
  | { readonly told: "ready" }
  | {
      readonly told: "confirmed";
      readonly accepted: readonly string[];
      /** Those that the store did not take in time at first, and may have kept all the same. */
      readonly refused: readonly string[];
    };

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
// A receipt that waited for long enough says so by an event; what became of the order then says another.
const accepted = () => events.of("accepted").map(({ orderNumber }) => orderNumber);
const refused = () =>
  events
    .of("rejected")
    .flatMap(({ orderNumber, error }) => (error.code === "outbox.slow" ? [] : [orderNumber]));
const answered = () => accepted().length + events.of("duplicate").length + refused().length;

process.on("message", async ({ numbers }: Confirm) => {
  const before = { accepted: accepted().length, refused: refused().length };
  for (let left = numbers; left.length > 0; ) {
    const [told, turnedAway] = [answered(), refused().length];
    for (const orderNumber of left) void tracker.trackOrder(anOrder({ orderNumber }), aContext());
    await events.until(() => answered() === told + left.length);
    // As a webhook does it, some time after the page.
    left = refused().slice(turnedAway);
  }
  tell({
    told: "confirmed",
    accepted: accepted().slice(before.accepted),
    refused: refused().slice(before.refused),
  });
});
await tracker.start();
tell({ told: "ready" });
