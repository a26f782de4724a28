import { type JobState, type Outbox, type Receipt, stateOf, type TrackingEvent } from "@avantlink-s2s/core";
import { systemRuntime } from "@avantlink-s2s/core/adapter";
import { CommandError, EXIT } from "../exit-codes.ts";
import { type Merchant, orderKeyFor } from "../options/merchant-options.ts";
import { startSending } from "../outbox/sending.ts";
import { pause } from "../terminal/durations.ts";
import type { FileCheck } from "./check.ts";
import { isDenied } from "./consent.ts";
import type { FileEntry } from "./file-entry.ts";
import type { OrderFile } from "./order-file.ts";

// Orders that share one commit of the outbox.
const MAX_BATCH = 50;
// Orders that may wait in the outbox at a time. The others wait in the file, where they need no memory and are not
// sent by the delivery that is still under way after Ctrl-C.
const MAX_WAITING_PER_CALL = 4;
const POLL_MS = 25;
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
export interface SendReport {
  /** Confirmed by AvantLink during this run. */
  readonly delivered: number;
  /** Delivered, or removed by hand, before this run. They were not sent again. */
  readonly knownBefore: number;
  /** Not accepted by AvantLink: now dead letters. */
  readonly dead: number;
  /** In the outbox, and tried again later. */
  readonly waiting: number;
  /** Not in the outbox yet, because the run ended early. */
  readonly unsent: number;
  /** The last problem with the delivery; `""` without one. */
  readonly lastFailure: string;
}

/** Sends the orders of a checked file through an outbox. */
export async function sendFile(options: SendOptions): Promise<SendReport> {
  const { file, check, outbox, merchant, rate, concurrency, stop, progress, onSilence } = options;
  const keyOf = orderKeyFor(merchant);
  const counts = { delivered: 0, knownBefore: 0, dead: 0 };
  const waiting = new Set<string>();
  // An earlier run's order can be delivered before its line of the file is reached.
  const doneEarly = new Map<string, "delivered" | "dead">();
  const silence = silenceReporter(onSilence);
  let handed = 0;
  let lastFailure = "";

  function finish(orderNumber: string, state: "delivered" | "dead"): void {
    if (waiting.delete(orderNumber)) counts[state] += 1;
    else doneEarly.set(orderNumber, state);
  }

  const sending = await startSending({
    outbox,
    merchant,
    concurrency,
    onEvent(event: TrackingEvent) {
      if (event.type === "delivered" || event.type === "dead") {
        finish(event.orderNumber, event.type);
        silence.end();
      }
      if (event.type === "retrying") silence.report(event.error.message);
      if ("error" in event) lastFailure = event.error.message;
    },
  });

  async function hand({ order, context, line }: Sendable): Promise<Receipt> {
    for (let attempt = 1; ; attempt += 1) {
      const receipt = await sending.tracker.trackOrder(order, context);
      if (["accepted", "duplicate", "delivered"].includes(receipt.status)) return receipt;
      // It may be stored by now: the next attempt is a duplicate then.
      if (attempt < MAX_PUT_ATTEMPTS) continue;
      const reason = "error" in receipt ? receipt.error.message : receipt.status;
      throw new CommandError(
        EXIT.unreachable,
        `The outbox did not store the order in line ${line}: ${reason}`,
        "Run the same command again to continue.",
      );
    }
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
    const found = await Promise.all(
      [...waiting].map(
        async (number): Promise<[string, JobState | undefined]> => [
          number,
          stateOf(await outbox.find(keyOf(number))),
        ],
      ),
    );
    for (const [number, state] of found) {
      if (state !== undefined && state !== "pending" && waiting.has(number)) finish(number, state);
    }
  }

  async function waitFor(maxWaiting: number): Promise<void> {
    for (let lookedUpAt = systemRuntime.now(); ; ) {
      progress(handed - waiting.size);
      if (waiting.size <= maxWaiting || stop.aborted) return;
      await pause(POLL_MS);
      if (systemRuntime.now() - lookedUpAt < LOOKUP_MS) continue;
      await lookUp();
      lookedUpAt = systemRuntime.now();
    }
  }

  try {
    const pace = pacer(rate);
    const size = Math.max(1, Math.min(MAX_BATCH, Math.floor(rate / 4)));
    for await (const batch of batches(sendable(file.entries(), check), size)) {
      if (stop.aborted) break;
      const receipts = await Promise.all(batch.map(hand));
      const knownBefore = counts.knownBefore;
      receipts.forEach(count);
      await waitFor(MAX_WAITING_PER_CALL * concurrency);
      await pace(receipts.length - (counts.knownBefore - knownBefore), stop);
    }
    await waitFor(0);
  } finally {
    // Requests that AvantLink may have received are awaited, whatever ended the run.
    await sending.stop();
  }
  await lookUp();
  return { ...counts, waiting: waiting.size, unsent: check.sendable - handed, lastFailure };
}

type Sendable = Extract<FileEntry, { kind: "order" }>;

async function* sendable(entries: AsyncIterable<FileEntry>, check: FileCheck): AsyncGenerator<Sendable> {
  for await (const entry of entries) {
    if (entry.kind === "faulty" && entry.last) {
      throw new CommandError(
        EXIT.wrong,
        "The file changed during the run, and its rest cannot be read.",
        "Run the same command again: the file is checked anew, and no order number is sent twice.",
      );
    }
    if (entry.kind !== "order" || check.unsendableLines.has(entry.line) || isDenied(entry.context)) continue;
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

/** Spreads orders over time, without making up for time in which AvantLink was slow. */
function pacer(rate: number): (count: number, stop: AbortSignal) => Promise<void> {
  let free = systemRuntime.now();
  return async (count, stop) => {
    free = Math.max(free, systemRuntime.now()) + (count * 1000) / rate;
    while (!stop.aborted && systemRuntime.now() < free)
      await pause(Math.min(POLL_MS, free - systemRuntime.now()));
  };
}

/** Reports the first failure of a time without success, and then one a minute. */
function silenceReporter(report: (failure: string) => void) {
  let next = 0;
  return {
    report(failure: string) {
      const now = systemRuntime.now();
      if (now < next) return;
      next = now + SILENCE_MS;
      report(failure);
    },
    end() {
      next = 0;
    },
  };
}
