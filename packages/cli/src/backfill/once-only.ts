import type { ClaimedJob, Outbox, Verdict } from "@avantlink-s2s/core";
import type { InFlight } from "./in-flight.ts";

/** What {@link onceOnly} tells. */
export interface OnceOnlyReports {
  /** An order was being sent when an earlier run was killed. It is not sent again. */
  readonly unconfirmed: () => void;
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
    run(deliver, options) {
      if (!inFlight) return outbox.run(deliver, options);
      return outbox.run(async (job) => {
        const verdict = known(job, inFlight) ?? (await attempt(job, inFlight, deliver));
        if (verdict.verdict === "dead" && verdict.reason.code === "delivery.unconfirmed")
          reports.unconfirmed();
        // The file is only longer than need be when the outbox does not answer.
        inFlight.tidy().catch(() => {});
        return verdict;
      }, options);
    },
    state: (key) => outbox.state(key),
    totals: () => outbox.totals(),
    dead: outbox.dead,
    close: () => outbox.close(),
  };
}

async function attempt(
  job: ClaimedJob,
  inFlight: InFlight,
  deliver: (job: ClaimedJob) => Promise<Verdict>,
): Promise<Verdict> {
  inFlight.begin(job.key);
  const verdict = await deliver(job);
  if (verdict.verdict === "delivered") inFlight.delivered(job.key);
  else inFlight.open(job.key);
  return verdict;
}

function known({ key }: ClaimedJob, inFlight: InFlight): Verdict | undefined {
  const before = inFlight.before(key);
  if (before === undefined) return undefined;
  if (before === "delivered") return { verdict: "delivered" };
  inFlight.open(key);
  const message = "The backfill was killed while it was sending this order.";
  return { verdict: "dead", reason: { code: "delivery.unconfirmed", message } };
}
