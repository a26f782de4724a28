import type { Outbox, Receipt, TrackingEvent } from "@avantlink-s2s/core";
import { clock, pause } from "../clock.ts";
import { CommandError, EXIT } from "../exit.ts";
import { type Merchant, orderKeyFor, sendingTracker } from "../merchant.ts";
import type { InFlight } from "../sending/in-flight.ts";
import { onceOnly } from "../sending/once-only.ts";
import type { FileCheck } from "./check.ts";
import type { FileEntry, OrderFile } from "./order-file.ts";
import { isRefused } from "./refusal.ts";

// Orders that share one commit of the outbox.
const BATCH = 50;
// So many may wait for AvantLink; the rest waits in the file, where it costs no memory.
const MOST_PENDING = 500;
const LOOK_MS = 50;
// So many orders in a row without an answer, beyond two rounds of calls, and AvantLink is not well: the rest is kept
// from becoming like them. One hitch takes a round.
const MOST_SILENCE = 12;

/** What a sending run is told. */
export interface SendOptions {
  readonly file: OrderFile;
  readonly check: FileCheck;
  readonly outbox: Outbox;
  /** Where orders on their way are remembered; nothing with an outbox that others deliver from as well. */
  readonly inFlight: InFlight | undefined;
  readonly merchant: Merchant;
  /** Orders a second, at most. */
  readonly rate: number;
  readonly concurrency: number;
  /** Ends the run early. */
  readonly stop: AbortSignal;
  /** How many orders are done with, of those that can be sent. */
  readonly progress: (done: number) => void;
}

/** What became of the orders. */
export interface SendReport {
  /** Confirmed by AvantLink in this run. */
  readonly delivered: number;
  /** Accepted in an earlier run, or by the shop; not sent again. */
  readonly knownBefore: number;
  /** Those among them that had become dead letters by then, and still are. */
  readonly deadBefore: number;
  /** Refused by AvantLink: dead letters. */
  readonly refused: number;
  /** Left without an answer, in this run or when an earlier one was killed; not sent again: dead letters. */
  readonly unconfirmed: number;
  /** In the outbox, not delivered yet. */
  readonly pending: number;
  readonly interrupted: boolean;
  /** It was stopped because AvantLink gave no answer to many orders in a row. */
  readonly silence: boolean;
  /** The last thing that went wrong with AvantLink. */
  readonly lastFailure: string;
}

/** Sends a checked file through an outbox. */
export async function sendFile(options: SendOptions): Promise<SendReport> {
  const { file, check, rate, progress } = options;
  const silence = new AbortController();
  const stop = AbortSignal.any([options.stop, silence.signal]);
  const counts = { delivered: 0, refused: 0, unconfirmed: 0, notNew: 0, deadBefore: 0, confirmedBefore: 0 };
  const mostUnanswered = MOST_SILENCE + 2 * options.concurrency;
  const keyOf = orderKeyFor(options.merchant);
  const diedNow = new Set<string>();
  let unanswered = 0;
  let handled = 0;
  let lastFailure = "";
  const outbox = onceOnly(options.outbox, options.inFlight, {
    unconfirmed(key) {
      counts.unconfirmed += 1;
      diedNow.add(key);
    },
    unanswered(key) {
      counts.unconfirmed += 1;
      diedNow.add(key);
      unanswered += 1;
      if (unanswered < mostUnanswered) return;
      silence.abort();
      // At once, and not when somebody looks: each further order would be one more that nobody knows of.
      outbox.settle().catch(() => {});
    },
    answered() {
      unanswered = 0;
    },
    confirmedBefore() {
      counts.confirmedBefore += 1;
    },
  });

  function onEvent(event: TrackingEvent): void {
    if (event.type === "delivered") counts.delivered += 1;
    if (event.type === "dead") {
      counts.refused += 1;
      diedNow.add(keyOf(event.orderNumber));
    }
    if ("error" in event) lastFailure = event.error.message;
  }
  const tracker = sendingTracker(options.merchant, outbox, onEvent, options.concurrency);
  await outbox.open(clock, () => {});
  // An earlier run's orders that are delivered in this one count as this one's.
  const leftBefore = options.inFlight ? (await outbox.totals()).pending : 0;
  await tracker.start();

  /** How many orders were new to the outbox. */
  async function hand(batch: readonly Sendable[]): Promise<number> {
    const receipts = await Promise.all(batch.map((entry) => handOne(entry)));
    handled += batch.length;
    const accepted = receipts.filter(({ status }) => status === "accepted").length;
    counts.notNew += receipts.length - accepted;
    counts.deadBefore += receipts.filter(diedBefore).length;
    return accepted;
  }

  /** What an earlier run left pending may have died in this one, and is counted as this one's then. */
  function diedBefore(receipt: Receipt): boolean {
    const isDead = receipt.status === "duplicate" && receipt.state === "dead";
    return isDead && !diedNow.has(keyOf(receipt.orderNumber));
  }

  async function handOne(entry: Sendable): Promise<Receipt> {
    for (;;) {
      const receipt = await tracker.trackOrder(entry.order, entry.context, { transaction: NOT_DIRECTLY });
      if (receipt.status === "accepted" || receipt.status === "duplicate") return receipt;
      // It may be stored by now; asking again tells.
      const error = receipt.status === "rejected" ? receipt.error : undefined;
      if (error?.code === "outbox.slow" && !stop.aborted) continue;
      const why = error?.message ?? receipt.status;
      throw new CommandError(
        EXIT.unreachable,
        `The outbox did not take line ${entry.line}: ${why}`,
        "Run the command again to go on.",
      );
    }
  }

  /** How many orders of this run are in the outbox; what the shop itself has accepted since is no matter of it. */
  async function stillPending(): Promise<number> {
    const { pending, oldestPendingAt = 0 } = await outbox.totals();
    return oldestPendingAt > handedAt ? 0 : pending;
  }

  /** Waits while so many orders are pending; tells how far things are. */
  async function pendingAtMost(most: number): Promise<void> {
    for (;;) {
      const ours = await stillPending();
      progress(Math.max(0, handled - ours));
      if (ours <= most || stop.aborted) return;
      await pause(LOOK_MS);
    }
  }

  let handedAt = clock.now();
  let pending = 0;
  try {
    const pace = pacer(rate);
    for await (const batch of batches(
      sendable(file.entries(), check),
      Math.max(1, Math.min(BATCH, Math.floor(rate / 4))),
    )) {
      if (stop.aborted) break;
      const accepted = await hand(batch);
      handedAt = clock.now();
      await pendingAtMost(MOST_PENDING);
      await pace(accepted, stop);
    }
    await pendingAtMost(0);
  } finally {
    // Whatever ends the run: what AvantLink may have by now is waited for, never cut off.
    await outbox.settle();
    pending = await stillPending().catch(() => 0);
    await tracker.close({ timeoutMs: 0 });
  }
  return {
    delivered: counts.delivered,
    knownBefore: Math.max(0, counts.notNew - leftBefore) + counts.confirmedBefore,
    deadBefore: counts.deadBefore,
    refused: counts.refused,
    unconfirmed: counts.unconfirmed,
    pending,
    interrupted: options.stop.aborted,
    silence: silence.signal.aborted,
    lastFailure,
  };
}

// Any value will do: the outbox that is handed to the tracker takes a transaction, and makes nothing of it.
const NOT_DIRECTLY = {};

type Sendable = Extract<FileEntry, { ok: true }>;

async function* sendable(entries: AsyncIterable<FileEntry>, check: FileCheck): AsyncGenerator<Sendable> {
  for await (const entry of entries) {
    if (!entry.ok && entry.last) {
      throw new CommandError(EXIT.wrong, "The file was changed while it was sent: its rest cannot be read.");
    }
    if (!entry.ok || check.unsendableLines.has(entry.line) || isRefused(entry.context)) continue;
    yield entry;
  }
}

async function* batches<T>(entries: AsyncIterable<T>, size: number): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  for await (const entry of entries) {
    batch.push(entry);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Spreads orders over time: so many a second, and none saved up while AvantLink was slow. */
function pacer(rate: number): (count: number, stop: AbortSignal) => Promise<void> {
  let free = clock.now();
  return async (count, stop) => {
    free = Math.max(free, clock.now()) + (count * 1000) / rate;
    while (!stop.aborted && clock.now() < free) await pause(Math.min(LOOK_MS, free - clock.now()));
  };
}
