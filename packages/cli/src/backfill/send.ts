import { setTimeout as pause } from "node:timers/promises";
import { type Outbox, type Receipt, stateOf, type Tracker, type TrackingEvent } from "@avantlink-s2s/core";
import { systemRuntime } from "@avantlink-s2s/core/adapter";
import { CommandError, EXIT } from "../exit-codes.ts";
import { type Merchant, orderKeyFor } from "../options/merchant-options.ts";
import { deliverDue, withTracker } from "../outbox/command-tracker.ts";
import { batches } from "./batches.ts";
import type { FileCheck } from "./check.ts";
import type { FileEntry, SendableEntry } from "./file-entry.ts";
import type { OrderFile } from "./order-file.ts";

// Orders that share one commit of the outbox.
const MAX_BATCH = 50;
// Orders that may wait in the outbox at a time. The others wait in the file, where they need no memory.
const MAX_WAITING = 500;
// Ctrl-C is obeyed after this time, once the open requests are answered.
const DELIVERY_MS = 1_000;
const POLL_MS = 50;
// Another process that works on the shop's outbox may have delivered an order; its state is looked up this often.
const LOOKUP_MS = 1_000;
const MAX_PUT_ATTEMPTS = 5;
const SILENCE_MS = 60_000;

/** A checked file, and how its orders are sent. */
export interface SendOptions {
  readonly file: OrderFile;
  readonly check: FileCheck;
  /** Open. It accepts an order number once, so a run that was killed or stopped is continued by the next one. */
  readonly outbox: Outbox;
  readonly merchant: Merchant;
  /** Upper bound for the orders a second. */
  readonly rate: number;
  /** Requests to AvantLink at a time. */
  readonly concurrency: number;
  /** Ends the run early. */
  readonly stop: AbortSignal;
  /** Receives the number of orders that AvantLink has answered for good. */
  readonly progress: (done: number) => void;
  /** Receives a failed attempt, at most once a minute while AvantLink confirms nothing. */
  readonly onSilence: (failure: string) => void;
}

/** What became of the orders. */
export type SendReport = Awaited<ReturnType<typeof sendFile>>;

/** Sends the orders of a checked file through an outbox. */
export async function sendFile(options: SendOptions) {
  const { file, check, outbox, merchant, rate, concurrency, stop, progress } = options;
  const keyOf = orderKeyFor(merchant);
  const counts = { delivered: 0, knownBefore: 0, dead: 0 };
  const waiting = new Set<string>();
  // An earlier run's order can be delivered before its line of the file is reached.
  const doneEarly = new Map<string, "delivered" | "dead">();
  let handed = 0;
  let lastFailure = "";
  let silentUntil = 0;

  function finish(orderNumber: string, state: "delivered" | "dead"): void {
    if (waiting.delete(orderNumber)) counts[state] += 1;
    else doneEarly.set(orderNumber, state);
  }

  function onEvent(event: TrackingEvent): void {
    if ("error" in event) lastFailure = event.error.message;
    if (event.type === "delivered" || event.type === "dead") {
      finish(event.orderNumber, event.type);
      silentUntil = 0;
    }
    if (event.type !== "retrying" || systemRuntime.now() < silentUntil) return;
    silentUntil = systemRuntime.now() + SILENCE_MS;
    options.onSilence(event.error.message);
  }

  function count(receipt: Receipt): void {
    handed += 1;
    const { orderNumber } = receipt;
    const early = doneEarly.get(orderNumber);
    doneEarly.delete(orderNumber);
    if (early !== undefined) counts[early] += 1;
    else if (receipt.status === "delivered") counts.delivered += 1;
    else if (receipt.status === "duplicate" && receipt.state !== "pending") counts.knownBefore += 1;
    else waiting.add(orderNumber);
  }

  async function lookUp(): Promise<void> {
    for (const number of [...waiting]) {
      const state = stateOf(await outbox.find(keyOf(number)));
      if (state !== undefined && state !== "pending") finish(number, state);
    }
  }

  async function deliverUntil(tracker: Tracker, maxWaiting: number): Promise<void> {
    for (let lookedUpAt = systemRuntime.now(); ; await pause(POLL_MS)) {
      await deliverDue(tracker, DELIVERY_MS);
      progress(handed - waiting.size);
      if (waiting.size <= maxWaiting || stop.aborted) return;
      if (systemRuntime.now() - lookedUpAt < LOOKUP_MS) continue;
      await lookUp();
      lookedUpAt = systemRuntime.now();
    }
  }

  await withTracker({ outbox, merchant, concurrency, onEvent }, async (tracker) => {
    const pace = pacer(rate);
    const size = Math.max(1, Math.min(MAX_BATCH, Math.floor(rate / 4)));
    for await (const batch of batches(sendable(file.entries(), check), size)) {
      if (stop.aborted) return;
      const knownBefore = counts.knownBefore;
      for (const receipt of await Promise.all(batch.map((entry) => put(tracker, entry)))) count(receipt);
      await deliverUntil(tracker, MAX_WAITING);
      await pace(batch.length - (counts.knownBefore - knownBefore), stop);
    }
    await deliverUntil(tracker, 0);
  });
  await lookUp();
  return {
    // Confirmed by AvantLink during this run; delivered or removed before it; now dead letters.
    ...counts,
    /** In the outbox, and tried again later. */
    waiting: waiting.size,
    /** Not in the outbox yet, because the run ended early. */
    unsent: check.sendable - handed,
    /** The last problem with the delivery; `""` without one. */
    lastFailure,
  };
}

async function put(tracker: Tracker, { order, context, line }: SendableEntry): Promise<Receipt> {
  for (let attempt = 1; ; attempt += 1) {
    const receipt = await tracker.trackOrder(order, context);
    if (["accepted", "duplicate", "delivered"].includes(receipt.status)) return receipt;
    // The order may be stored by now: the next attempt is a duplicate then.
    if (attempt < MAX_PUT_ATTEMPTS) continue;
    const reason = "error" in receipt ? receipt.error.message : receipt.status;
    throw new CommandError(
      EXIT.unreachable,
      `The outbox did not store the order in line ${line}: ${reason}`,
      "Run the same command again to continue.",
    );
  }
}

async function* sendable(entries: AsyncIterable<FileEntry>, check: FileCheck): AsyncGenerator<SendableEntry> {
  for await (const entry of entries) {
    if (entry.kind === "faulty" && entry.last) {
      throw new CommandError(
        EXIT.wrong,
        "The file changed during the run, and its rest can't be read.",
        "Run the same command again: the file is checked anew, and no order number is sent twice.",
      );
    }
    if (entry.kind === "order" && !check.repeated.has(entry.orderNumber)) yield entry;
  }
}

/** Spreads orders over time, without making up for time in which AvantLink was slow. */
function pacer(rate: number): (count: number, stop: AbortSignal) => Promise<void> {
  let free = systemRuntime.now();
  return async (count, stop) => {
    free = Math.max(free, systemRuntime.now()) + (count * 1000) / rate;
    while (!stop.aborted && systemRuntime.now() < free)
      await pause(Math.min(POLL_MS, free - systemRuntime.now()));
  };
}
