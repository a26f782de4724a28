import type { ClaimedJob, Outbox, Verdict } from "@avantlink-s2s/core";
import type { InFlight } from "./in-flight.ts";
import { whenLeaving } from "./leaving.ts";

/** What {@link onceOnly} tells. */
export interface OnceOnlyReports {
  /** An order was being sent when an earlier run was killed. It is not sent again. */
  readonly unconfirmed: () => void;
  /** AvantLink had confirmed an order to an earlier run, which was killed before it could note that. */
  readonly confirmedBefore: () => void;
}

/**
 * An outbox that never sends an order number twice by itself: no dead letter is accepted again, nothing goes out
 * past the outbox, and what was on its way when an earlier run was killed becomes a dead letter to be looked at.
 */
export function onceOnly(outbox: Outbox, inFlight: InFlight | undefined, reports: OnceOnlyReports): Outbox {
  return {
    name: outbox.name,
    durable: outbox.durable,
    // With a transaction, an order that the outbox cannot take is not sent directly either.
    joinsTransactions: true,
    open: (runtime, problem) => outbox.open(runtime, problem),
    async put(job, options) {
      const state = await outbox.state(job.key);
      if (state !== undefined) return { accepted: false, state };
      return outbox.put(job, { dead: options?.dead });
    },
    async run(deliver, options) {
      if (!inFlight) return outbox.run(deliver, options);
      const underWay = new Map<string, string>();
      const unwatch = whenLeaving((body) => {
        const key = underWay.get(body);
        if (key !== undefined) inFlight.begin(key);
      });

      async function attempt(job: ClaimedJob, journal: InFlight): Promise<Verdict> {
        underWay.set(job.body, job.key);
        const verdict = await deliver(job);
        underWay.delete(job.body);
        if (verdict.verdict === "delivered") journal.delivered(job.key);
        else journal.open(job.key);
        return verdict;
      }

      const worker = await outbox.run(async (job) => {
        const before = inFlight.before(job.key);
        if (before === "delivered") reports.confirmedBefore();
        if (before === "begun") reports.unconfirmed();
        const verdict = before === undefined ? await attempt(job, inFlight) : verdictFrom(before);
        // The file is only longer than need be when the outbox does not answer.
        inFlight.tidy().catch(() => {});
        return verdict;
      }, options);
      return {
        async stop() {
          await worker.stop();
          unwatch();
        },
      };
    },
    state: (key) => outbox.state(key),
    totals: () => outbox.totals(),
    dead: outbox.dead,
    close: () => outbox.close(),
  };
}

function verdictFrom(before: "begun" | "delivered"): Verdict {
  if (before === "delivered") return { verdict: "delivered" };
  const message = "The backfill was killed while it was sending this order.";
  return { verdict: "dead", reason: { code: "delivery.unconfirmed", message } };
}
