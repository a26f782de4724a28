import {
  AvantLinkError,
  type ClaimedJob,
  type Deliver,
  type DeliverDueOptions,
  type DeliverDueResult,
  type OutboxWorker,
  type Runtime,
  type Verdict,
} from "@avantlink-s2s/core";

// How often the store is asked for what other processes put, and for what has become due.
const POLL_MS = 500;
// While deliveries end fast, more is claimed than there are slots: as many as end in a fifth of a poll.
const AHEAD_OF_POLL = 1 / 5;
const MAX_AHEAD = 128;
// A held job is given back after this long. With the longest delivery after it, that is well within a lease.
const MAX_HELD_MS = 5_000;
// How long deliverDue insists on settling after its time: for a lease.
const MAX_OWED_MS = 30_000;
const MAX_REMEMBERED = 1_000;

/** A job with the lease that it was handed out under. */
export interface Leased<Lease> {
  readonly job: ClaimedJob;
  readonly lease: Lease;
}

/** A store that hands out leases. */
export interface LeasingStore<Lease> {
  /** Leases at most `limit` jobs that are due, fresh ones first. */
  claim(limit: number): Promise<readonly Leased<Lease>[]>;
  /** Applies a verdict if the lease is still the job's newest. Returns whether it was. */
  settle(leased: Leased<Lease>, verdict: Verdict): Promise<boolean>;
  /** Makes a job that was not begun due again, as if it had never been claimed, if the lease is its newest. */
  release(leased: Leased<Lease>): Promise<void>;
}

/** What delivers from a store. */
export interface LeaseWorkers {
  /** As {@link Outbox.run}. */
  run(deliver: Deliver, concurrency: number): OutboxWorker;
  /** As {@link Outbox.deliverDue}. */
  deliverDue(deliver: Deliver, options: DeliverDueOptions): Promise<DeliverDueResult>;
  /** There may be something to do: a job was put. */
  wake(): void;
}

/**
 * Delivers jobs under leases; every durable outbox shares it. A job is always in one of these states:
 *
 * | in the store | in this process | what happens next |
 * |---|---|---|
 * | due | nothing | `claim` leases it |
 * | leased | held until a slot is free | it is begun, or released after five seconds or by `stop` |
 * | leased | being delivered | `deliver` gives a verdict |
 * | leased | being settled | the store applies the verdict; the slot is free for the next job |
 * | leased, the store is silent | owed | settled again every 500 ms; nothing is begun until the store answers |
 * | leased by a process that died | nothing | the lease ends, and the job is due |
 * | leased again, because a lease ended early (a clock jumped) | in hand already | not sent again; the verdict settles the newer lease |
 * | leased again, though AvantLink has it (the store lost the verdict) | remembered as delivered | settled as delivered, not sent |
 */
export function leaseWorkers<Lease>(
  store: LeasingStore<Lease>,
  runtime: Runtime,
  report: (error: AvantLinkError) => void,
): LeaseWorkers {
  /** What is being delivered or settled, by key, with the newer lease that the store gave meanwhile. */
  const inHand = new Map<string, { newer?: Leased<Lease> }>();
  /** What AvantLink confirmed, by key, with the time of its acceptance: a letter that was retried is another job. */
  const delivered = new Map<string, number>();
  let owed = 0;
  let stalled = false;
  let stopping = false;
  let wake = () => {};

  /** What the store answers; nothing when it fails, which is reported once until it answers again. */
  async function answered<T>(asking: Promise<T>): Promise<{ readonly value: T } | undefined> {
    try {
      const value = await asking;
      stalled = false;
      return { value };
    } catch (cause) {
      if (!stalled) report(new AvantLinkError("outbox.stalled", { cause }));
      stalled = true;
      return undefined;
    }
  }

  /** Delivers a job and settles it. Returns nothing where another call of this process has the job in hand. */
  async function handle(
    leased: Leased<Lease>,
    deliver: Deliver,
    insists?: () => boolean,
  ): Promise<Verdict | undefined> {
    const { job } = leased;
    const held = inHand.get(job.key);
    if (held) {
      held.newer = leased;
      return undefined;
    }
    const hand: { newer?: Leased<Lease> } = {};
    inHand.set(job.key, hand);
    const verdict = await verdictOn(job, deliver);
    const settled = verdict ? await settle(leased, verdict, insists) : true;
    inHand.delete(job.key);
    // It was handed out again either because it was due again, or because this lease had ended.
    if (hand.newer && settled) await handle(hand.newer, deliver, insists);
    else if (hand.newer && verdict) await settle(hand.newer, verdict, insists);
    return verdict;
  }

  /** A delivery that breaks its promise costs its own job's lease, not the shop's process. */
  async function verdictOn(job: ClaimedJob, deliver: Deliver): Promise<Verdict | undefined> {
    if (delivered.get(job.key) === job.acceptedAt) return { status: "delivered" };
    try {
      const verdict = await deliver(job);
      if (verdict.status === "delivered") remember(job);
      return verdict;
    } catch (cause) {
      report(new AvantLinkError("unexpected", { cause }));
      return undefined;
    }
  }

  function remember({ key, acceptedAt }: ClaimedJob): void {
    delivered.set(key, acceptedAt);
    const [oldest] = delivered.size > MAX_REMEMBERED ? delivered.keys() : [];
    if (oldest !== undefined) delivered.delete(oldest);
  }

  /** Returns whether the lease was the job's newest. Insists until the store answers, the worker stops or its time is up. */
  async function settle(leased: Leased<Lease>, verdict: Verdict, insists = () => true): Promise<boolean> {
    let answer = await answered(store.settle(leased, verdict));
    if (answer) return answer.value;
    owed += 1;
    while (!answer && !stopping && insists()) {
      await new Promise<void>((resolve) => {
        runtime.after(POLL_MS, resolve);
      });
      answer = await answered(store.settle(leased, verdict));
    }
    owed -= 1;
    wake();
    return answer?.value ?? false;
  }

  return {
    wake: () => wake(),

    run(deliver, concurrency) {
      const underWay = new Set<Promise<void>>();
      let held: { readonly leased: Leased<Lease>; readonly since: number }[] = [];
      let ended = 0;
      let endedInLastPoll = 0;
      let claiming: Promise<void> | undefined;
      let mayBeMore = true;
      let cancelPoll = () => {};
      stopping = false;

      function track(work: Promise<unknown>): void {
        const tracked: Promise<void> = work.then(() => {
          underWay.delete(tracked);
          begin();
          if (mayBeMore) wake();
        });
        underWay.add(tracked);
      }

      async function send(leased: Leased<Lease>): Promise<void> {
        await handle(leased, deliver);
        ended += 1;
      }

      /**
       * Gives back what has been held for too long: its lease may have ended. By a clock that was set back that is
       * everything, since nobody knows how long it has been held.
       */
      function giveBack(): void {
        const now = runtime.now();
        const mayBeHeld = ({ since }: { readonly since: number }) =>
          !stopping && since <= now && now < since + MAX_HELD_MS;
        const late = held.filter((one) => !mayBeHeld(one));
        held = held.filter(mayBeHeld);
        for (const { leased } of late) track(answered(store.release(leased)));
      }

      /** Delivers what is held, as far as there are slots. The process may have stood still since the last look. */
      function begin(): void {
        giveBack();
        while (!stopping && owed === 0 && underWay.size < concurrency) {
          const next = held.shift();
          if (!next) return;
          track(send(next.leased));
        }
      }

      /** How many to claim: enough at once that the store is not asked for each. */
      function wanted(): number {
        const ahead = Math.min(AHEAD_OF_POLL * Math.max(ended, endedInLastPoll), MAX_AHEAD);
        if (held.length > ahead / 2) return 0;
        return Math.floor(concurrency - underWay.size - held.length + ahead);
      }

      async function claim(limit: number): Promise<void> {
        mayBeMore = false;
        const since = runtime.now();
        const claimed = (await answered(store.claim(limit)))?.value ?? [];
        if (claimed.length === limit) mayBeMore = true;
        held.push(...claimed.map((leased) => ({ leased, since })));
        begin();
      }

      function poll(): void {
        cancelPoll = runtime.after(POLL_MS, () => {
          endedInLastPoll = ended;
          ended = 0;
          giveBack();
          wake();
          poll();
        });
      }

      wake = () => {
        mayBeMore = true;
        if (stopping || claiming || owed > 0) return;
        begin();
        const limit = wanted();
        if (limit <= 0) return;
        claiming = claim(limit).finally(() => {
          claiming = undefined;
          if (mayBeMore) wake();
        });
      };
      wake();
      poll();
      return {
        async stop() {
          stopping = true;
          cancelPoll();
          await claiming;
          giveBack();
          while (underWay.size > 0) await Promise.all(underWay);
        },
      };
    },

    async deliverDue(deliver, { concurrency, timeoutMs }) {
      const until = runtime.now() + timeoutMs;
      const underWay = new Set<Promise<void>>();
      const seen = new Set<string>();
      const did = { delivered: 0, retry: 0, dead: 0 };
      let mayBeMore = true;

      async function count(leased: Leased<Lease>): Promise<void> {
        const verdict = await handle(leased, deliver, () => runtime.now() < until + MAX_OWED_MS);
        if (verdict) did[verdict.status] += 1;
      }

      try {
        while (mayBeMore && runtime.now() < until) {
          const limit = concurrency - underWay.size;
          const claiming = store.claim(limit);
          // Once something was delivered, the caller gets the counts, whatever the store does.
          const claimed = seen.size === 0 ? await claiming : (await answered(claiming))?.value;
          if (!claimed) break;
          mayBeMore = claimed.length === limit;
          for (const leased of claimed) {
            const { key } = leased.job;
            // What is due again was due after everything else, so the rest is done.
            if (seen.has(key)) mayBeMore = false;
            const work = seen.has(key) ? answered(store.release(leased)) : count(leased);
            seen.add(key);
            const tracked: Promise<void> = work.then(() => void underWay.delete(tracked));
            underWay.add(tracked);
          }
          if (underWay.size >= concurrency) await Promise.race(underWay);
        }
      } finally {
        await Promise.all(underWay);
      }
      return { delivered: did.delivered, retrying: did.retry, dead: did.dead, timedOut: mayBeMore };
    },
  };
}
