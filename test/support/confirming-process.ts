// A process of a cluster that confirms many orders at the same moment.
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

/** The messages of the process: it listens; each order is accepted here or was accepted before. */
export type ConfirmingNews =
  | { readonly kind: "ready" }
  | {
      readonly kind: "confirmed";
      readonly accepted: readonly string[];
      /** Orders that the store did not confirm in time at first, and may have stored. */
      readonly refused: readonly string[];
    };

const { address, endpoint }: ConfirmingSettings = JSON.parse(process.argv[2] ?? "");
process.on("disconnect", () => process.exit());
const send = (news: ConfirmingNews) => process.send?.(news);
const events = eventLog();
const tracker = createTracker({
  merchantId: MERCHANT_ID,
  endpoint,
  outbox: await outboxAt(address),
  onEvent: events.onEvent,
});
// An order whose receipt did not wait for the store ends in a second event.
const accepted = () => events.of("accepted").map(({ orderNumber }) => orderNumber);
const refused = () =>
  events
    .of("rejected")
    .flatMap(({ orderNumber, error }) => (error.code === "outbox.slow" ? [] : [orderNumber]));
const answered = () => accepted().length + events.of("duplicate").length + refused().length;

process.on("message", async ({ numbers }: Confirm) => {
  const first = { accepted: accepted().length, refused: refused().length };
  for (let left = numbers; left.length > 0; ) {
    const before = { answered: answered(), refused: refused().length };
    for (const orderNumber of left) void tracker.trackOrder(anOrder({ orderNumber }), aContext());
    await events.until(() => answered() === before.answered + left.length);
    // Again, as a webhook does it some time after the page.
    left = refused().slice(before.refused);
  }
  send({
    kind: "confirmed",
    accepted: accepted().slice(first.accepted),
    refused: refused().slice(first.refused),
  });
});
await tracker.start();
send({ kind: "ready" });
