import {
  type ClaimedJob,
  type Deliver,
  type Outbox,
  type OutboxWorker,
  stateOf,
  type Verdict,
} from "@avantlink-s2s/core";
import type { InFlight } from "./in-flight.ts";
import { watchWire } from "./wire.ts";

/** What {@link onceOnly} tells. */
export interface OnceOnlyReports {
  /** An order was being sent when an earlier run was killed. It is not sent again. */
  readonly unconfirmed?: (key: string) => void;
  /** An order left and no answer came. It is not sent again. */
  readonly unanswered?: (key: string) => void;
  /** AvantLink answered, whatever it said. */
  readonly answered?: () => void;
  /** AvantLink had confirmed an order to an earlier run, which was killed before it could note that. */
  readonly confirmedBefore?: () => void;
}

/** An outbox whose sending can be ended by itself. */
export interface OnceOnlyOutbox extends Outbox {
  /**
   * Sends nothing more, and resolves when what is on its way is answered, or has been waited for as long as any
   * delivery is, and settled.
   */
  settle(): Promise<void>;
}

/**
 * An outbox that never sends an order number twice by itself: no dead letter is accepted again, nothing goes out
 * past the outbox, and what may have reached AvantLink without an answer, or while an earlier run was killed,
 * becomes a dead letter to be looked at. Without `inFlight`, others deliver from the outbox as well, and it is their
 * rule that holds.
 */
export function onceOnly(
  outbox: Outbox,
  inFlight: InFlight | undefined,
  reports: OnceOnlyReports = {},
): OnceOnlyOutbox {
  let worker: OutboxWorker | undefined;
  let stopping: Promise<void> | undefined;
  let unwatch = () => {};

  function settle(): Promise<void> {
    stopping ??= Promise.resolve(worker?.stop()).finally(unwatch);
    return stopping;
  }

  return {
    name: outbox.name,
    durable: outbox.durable,
    // With a transaction, an order that the outbox cannot take is not sent directly either.
    joinsTransactions: true,
    open: (runtime, problem) => outbox.open(runtime, problem),
    async put(job, options) {
      const found = await outbox.find(job.key);
      if (found) {
        return { status: "duplicate", state: stateOf(found), contentHash: found.summary?.contentHash };
      }
      return outbox.put(job, { dead: options?.dead });
    },
    async run(deliver, options) {
      const careful = inFlight && deliverOnce(deliver, inFlight, reports);
      if (careful) unwatch = careful.unwatch;
      worker = await outbox.run(careful?.deliver ?? deliver, options);
      return { stop: settle };
    },
    settle,
    // Only a worker notes what leaves.
    deliverDue: () => Promise.reject(new Error("A backfill delivers by its worker only.")),
    find: (key) => outbox.find(key),
    waiting: outbox.waiting,
    totals: () => outbox.totals(),
    dead: outbox.dead,
    forget: (key) => outbox.forget(key),
    // Whoever opened it has yet to look into it, and closes it.
    async close() {},
  };
}

interface Trip {
  readonly key: string;
  left: boolean;
  answered: boolean;
}

/** Delivers with every step noted, and nothing that may have reached AvantLink before. */
function deliverOnce(
  deliver: Deliver,
  inFlight: InFlight,
  reports: OnceOnlyReports,
): { readonly deliver: Deliver; readonly unwatch: () => void } {
  const trips = new Map<string, Trip>();
  const unwatch = watchWire({
    leaving(body) {
      const trip = trips.get(body);
      if (!trip) return;
      inFlight.begin(trip.key);
      trip.left = true;
    },
    answered(body) {
      const trip = trips.get(body);
      if (trip) trip.answered = true;
    },
  });

  async function attempt({ key, body, ...job }: ClaimedJob): Promise<Verdict> {
    const trip: Trip = { key, left: false, answered: false };
    trips.set(body, trip);
    const verdict = await deliver({ key, body, ...job });
    trips.delete(body);
    if (trip.answered) reports.answered?.();
    if (verdict.status === "delivered") inFlight.delivered(key);
    else if (trip.left && !trip.answered) {
      // It stays noted as begun until the outbox has the letter.
      reports.unanswered?.(key);
      return unconfirmed("AvantLink gave no answer to this order.");
    } else inFlight.open(key);
    return verdict;
  }

  return {
    async deliver(job) {
      const before = inFlight.before(job.key);
      // The file is only longer than need be when the outbox does not answer.
      inFlight.tidy().catch(() => {});
      if (before === undefined) return attempt(job);
      if (before === "delivered") {
        reports.confirmedBefore?.();
        return { status: "delivered" };
      }
      reports.unconfirmed?.(job.key);
      return unconfirmed("The backfill was killed while it was sending this order.");
    },
    unwatch,
  };
}

function unconfirmed(message: string): Verdict {
  return { status: "dead", reason: { code: "delivery.unconfirmed", message } };
}
