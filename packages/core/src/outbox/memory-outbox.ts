import TinyQueue from "tinyqueue";
import { AvantLinkError } from "../errors.ts";
import { type Runtime, systemRuntime } from "../runtime.ts";
import { claimed, freshJob, isLetter, jobOf, letterOf, type MemoryJob, pendingOf } from "./memory-job.ts";
import {
  type DeadReason,
  type Deliver,
  type Outbox,
  type OutboxJob,
  type OutboxRecord,
  type SettledRecord,
  stateOf,
  type Verdict,
} from "./outbox.ts";

/** The options of {@link memoryOutbox}. */
export interface MemoryOutboxOptions {
  /** Upper bound of orders kept at a time, pending and dead; a further one is refused with `outbox.full`. @default 10_000 */
  readonly capacity?: number | undefined;
  /** How many delivered orders are remembered, so as not to be sent again. @default 100_000 */
  readonly remembered?: number | undefined;
}

// Orders that cannot be sent are kept beside those that can; the oldest goes first.
const MAX_REJECTED = 1_000;
const MAX_ATTEMPT_RECORDS = 3;
// A delivery takes 15 seconds at most. Counts only where the host stops work: elsewhere a clock may jump.
const LEASE_MS = 30_000;

/**
 * Keeps orders in the memory of this process: nothing to set up, right for development and tests. A crash or a
 * deploy loses what is not yet delivered, and several processes do not know of each other's orders.
 */
export function memoryOutbox(options: MemoryOutboxOptions = {}): Outbox {
  const capacity = options.capacity ?? 10_000;
  const remembered = options.remembered ?? 100_000;
  let runtime: Runtime = systemRuntime;
  const jobs = new Map<string, MemoryJob>();
  const rejected = new Set<string>();
  const settled = new Map<string, SettledRecord>();
  const counts = { accepted: 0, delivered: 0, dead: 0, removed: 0 };
  const byTime = (a: MemoryJob, b: MemoryJob): number => a.due - b.due || a.turn - b.turn;
  const ready = new TinyQueue<MemoryJob>([], (a, b) => Number(a.tried) - Number(b.tried) || byTime(a, b));
  let later = new TinyQueue<MemoryJob>([], byTime);
  // One for as long as it lasts: each that is made walks the stack, for many orders in a row.
  let full: AvantLinkError | undefined;
  let turns = 0;
  let lastNow = Number.NEGATIVE_INFINITY;
  let wake: (reached?: number) => void = () => {};
  let alarm: { readonly at: number; readonly cancel: () => void } | undefined;

  // A job that was retried or removed may still lie in a queue; only its own entry counts.
  const isCurrent = (job: MemoryJob): boolean => jobs.get(job.key) === job && !job.letter && !job.sending;

  function schedule(job: MemoryJob, due: number): void {
    job.turn = ++turns;
    job.due = due;
    job.scheduledAt = runtime.now();
    (due > job.scheduledAt ? later : ready).push(job);
    wake();
  }

  /** The next job that is due. An alarm that has rung is believed, even where the clock was set back meanwhile. */
  function nextDue(reached: number): MemoryJob | undefined {
    const now = Math.max(reached, runtime.now());
    if (now < lastNow) rescheduleFrom(now);
    lastNow = now;
    for (let next = later.peek(); next && next.due <= now; next = later.peek()) {
      later.pop();
      ready.push(next);
    }
    for (let job = ready.pop(); job; job = ready.pop()) if (isCurrent(job)) return job;
    return undefined;
  }

  /** The clock was set back: each job waits again for its own delay, and no longer. */
  function rescheduleFrom(now: number): void {
    const all = [...jobs.values()].filter((job) => isCurrent(job) && job.due > now && job.scheduledAt > now);
    for (const job of all) {
      job.due = now + (job.due - job.scheduledAt);
      job.scheduledAt = now;
    }
    later = new TinyQueue(
      [...jobs.values()].filter((job) => isCurrent(job) && job.due > now),
      byTime,
    );
  }

  function setAlarm(at: number | undefined): void {
    if (alarm?.at === at) return;
    alarm?.cancel();
    alarm = undefined;
    if (at === undefined) return;
    const cancel = runtime.after(at - runtime.now(), () => {
      alarm = undefined;
      wake(at);
    });
    alarm = { at, cancel };
  }

  async function send(job: MemoryJob, deliver: Deliver): Promise<Verdict["status"]> {
    job.sending = true;
    job.sentAt = runtime.now();
    const verdict = await deliver(claimed(job));
    // A letter that was put or retried again meanwhile is another job.
    if (jobs.get(job.key) !== job) return verdict.status;
    job.sending = false;
    if (verdict.status === "delivered") {
      settle(job, "delivered");
      return verdict.status;
    }
    const answer = verdict.status === "dead" ? verdict.reason.message : verdict.reason;
    job.lastAttempts = [...job.lastAttempts, { at: runtime.now(), answer }].slice(-MAX_ATTEMPT_RECORDS);
    if (verdict.status === "dead") {
      bury(job, verdict.reason);
    } else {
      job.attempts += verdict.counted ? 1 : 0;
      job.tried = true;
      schedule(job, Math.max(verdict.at, runtime.now()));
    }
    return verdict.status;
  }

  /** A delivery has not ended in its time: the runtime stopped the work with the request that began the work. */
  function sendAgain(job: MemoryJob): void {
    if (jobs.get(job.key) !== job) return;
    const again = { ...job, sending: false };
    jobs.set(job.key, again);
    schedule(again, runtime.now());
  }

  function bury(job: MemoryJob, reason: DeadReason): void {
    job.letter = { reason, diedAt: runtime.now() };
    job.turn = ++turns;
    counts.dead += 1;
  }

  /** Erases the body and the number; the key stays taken. */
  function settle({ key, acceptedAt, attempts, summary }: MemoryJob, status: SettledRecord["status"]): void {
    jobs.delete(key);
    rejected.delete(key);
    counts[status] += 1;
    if (remembered === 0) return;
    settled.set(key, { status, key, acceptedAt, settledAt: runtime.now(), attempts, summary });
    const [oldest] = settled.size > remembered ? settled.keys() : [];
    if (oldest !== undefined) settled.delete(oldest);
  }

  function assertRoom(): void {
    if (jobs.size - rejected.size < capacity) {
      full = undefined;
      return;
    }
    full ??= new AvantLinkError("outbox.full");
    throw full;
  }

  /** Nobody removed it, so its number stays free. */
  function dropOldestRejected(): void {
    const [oldest] = rejected.size < MAX_REJECTED ? [] : rejected;
    if (oldest === undefined) return;
    jobs.delete(oldest);
    rejected.delete(oldest);
    counts.dead -= 1;
    counts.removed += 1;
  }

  function add(job: OutboxJob, due: number, dead?: DeadReason): void {
    const fresh = freshJob(job);
    jobs.set(job.key, fresh);
    if (dead) bury(fresh, dead);
    else schedule(fresh, due);
  }

  function find(key: string): OutboxRecord | undefined {
    const job = jobs.get(key);
    return job ? (isLetter(job) ? letterOf(job) : pendingOf(job)) : settled.get(key);
  }

  function removeLetter(key: string): boolean {
    const job = jobs.get(key);
    if (!job?.letter) return false;
    counts.dead -= 1;
    settle(job, "removed");
    return true;
  }

  return {
    name: "memory",
    durable: false,
    async open(given) {
      runtime = given;
    },
    async put(job, { dead } = {}) {
      const found = find(job.key);
      if (found && found.status !== "dead") {
        return { status: "duplicate", state: stateOf(found), contentHash: found.summary?.contentHash };
      }
      // What could never be sent takes no room from what can.
      if (job.kind === "rejected") dropOldestRejected();
      else if (!found) assertRoom();
      if (job.kind === "rejected") rejected.add(job.key);
      else rejected.delete(job.key);
      if (found) counts.dead -= 1;
      else counts.accepted += 1;
      add(job, job.acceptedAt, dead);
      return { status: "accepted" };
    },
    async run(deliver, { concurrency }) {
      const underWay = new Map<MemoryJob, Promise<void>>();
      wake = (reached = runtime.now()) => {
        const overdue = (job: MemoryJob) => runtime.now() - job.sentAt >= LEASE_MS && underWay.delete(job);
        for (const job of runtime.stopsWork ? underWay.keys() : []) if (overdue(job)) sendAgain(job);
        while (underWay.size < concurrency) {
          const job = nextDue(reached);
          if (!job) break;
          const sending = send(job, deliver).then(() => void (underWay.delete(job) && wake()));
          underWay.set(job, sending);
        }
        // With every slot busy, the delivery that ends first wakes the outbox.
        setAlarm(underWay.size < concurrency ? later.peek()?.due : undefined);
      };
      wake();
      return {
        async stop() {
          wake = () => {};
          setAlarm(undefined);
          await Promise.all(underWay.values());
        },
      };
    },
    async deliverDue(deliver, { concurrency, timeoutMs }) {
      const since = runtime.now();
      const did = { delivered: 0, retry: 0, dead: 0 };
      const tried = new Set<MemoryJob>();
      let timedOut = false;
      const deliverNext = async (): Promise<void> => {
        for (let job = nextDue(since); job; job = nextDue(since)) {
          timedOut ||= runtime.now() - since >= timeoutMs;
          // What is due again was due after everything else.
          if (timedOut || tried.has(job)) return void ready.push(job);
          tried.add(job);
          did[await send(job, deliver)] += 1;
        }
      };
      await Promise.all(Array.from({ length: concurrency }, deliverNext));
      wake();
      return { delivered: did.delivered, retrying: did.retry, dead: did.dead, timedOut };
    },
    find: async (key) => find(key),
    waiting: {
      async list({ limit = 100, offset = 0 } = {}) {
        const waiting = [...jobs.values()].filter(({ letter }) => !letter);
        waiting.sort((a, b) => a.acceptedAt - b.acceptedAt || a.turn - b.turn);
        return waiting.slice(offset, offset + limit).map(pendingOf);
      },
    },
    dead: {
      async list({ limit = 100, offset = 0 } = {}) {
        const letters = [...jobs.values()].filter(isLetter);
        letters.sort((a, b) => b.letter.diedAt - a.letter.diedAt || b.turn - a.turn);
        return letters.slice(offset, offset + limit).map(letterOf);
      },
      async retry(key, corrected) {
        const job = jobs.get(key);
        if (!job?.letter || (job.kind === "rejected" && !corrected)) return false;
        rejected.delete(key);
        counts.dead -= 1;
        const now = runtime.now();
        add({ ...jobOf(job), ...corrected, kind: "order", acceptedAt: now }, now);
        return true;
      },
      remove: async (key) => removeLetter(key),
    },
    settled: {
      list: async ({ from, until }) =>
        [...settled.values()].filter(({ acceptedAt }) => acceptedAt >= from && acceptedAt < until),
    },
    async forget(key) {
      const job = jobs.get(key);
      if (job?.sending) return { status: "sending" };
      if (job?.letter) removeLetter(key);
      else if (job) settle(job, "removed");
      const found = settled.get(key);
      if (!found) return { status: job ? "removed" : "unknown" };
      const { status, settledAt } = found;
      return status === "delivered" ? { status, settledAt } : { status };
    },
    async totals() {
      const pending = jobs.size - counts.dead;
      let oldestPendingAt: number | undefined;
      for (const job of pending > 0 ? jobs.values() : []) {
        if (!job.letter && job.acceptedAt < (oldestPendingAt ?? Infinity)) oldestPendingAt = job.acceptedAt;
      }
      return { ...counts, pending, oldestPendingAt };
    },
    async close() {},
  };
}
