import TinyQueue from "tinyqueue";
import { AvantLinkError } from "../errors.ts";
import { type Runtime, systemRuntime } from "../runtime.ts";
import { startPump } from "./memory-pump.ts";
import type { ClaimedJob, DeadLetter, DeadReason, JobState, Outbox, OutboxJob, Verdict } from "./outbox.ts";

/** The options of {@link memoryOutbox}. */
export interface MemoryOutboxOptions {
  /** Most orders that are kept at a time, pending and dead; a further one is refused with `outbox.full`. @default 10_000 */
  readonly capacity?: number | undefined;
  /** How many delivered orders are remembered, so as not to be sent again. @default 100_000 */
  readonly remembered?: number | undefined;
}

/** Most orders that could not be sent are kept beside those that can; the oldest goes first. */
const MOST_REJECTED = 1_000;

interface Job extends OutboxJob {
  body: string;
  attempts: number;
  /** Whether it was told to be tried again, counted or not. */
  tried: boolean;
  due: number;
  /** Its place among those of the same moment. */
  turn: number;
  reason: DeadReason | undefined;
  diedAt: number;
}

/**
 * Keeps orders in the memory of this process: nothing to set up, right for development and tests. A crash or a
 * deploy loses what is not yet delivered, and several processes do not know of each other's orders.
 */
export function memoryOutbox(options: MemoryOutboxOptions = {}): Outbox {
  const capacity = options.capacity ?? 10_000;
  const remembered = options.remembered ?? 100_000;
  let runtime: Runtime = systemRuntime;
  const jobs = new Map<string, Job>();
  const rejected = new Set<string>();
  const settled = new Map<string, "delivered" | "removed">();
  const counts = { accepted: 0, delivered: 0, dead: 0, removed: 0 };
  const byTime = (a: Job, b: Job): number => a.due - b.due || a.turn - b.turn;
  const waiting = new TinyQueue<Job>([], (a, b) => Number(a.tried) - Number(b.tried) || byTime(a, b));
  const later = new TinyQueue<Job>([], byTime);
  // One for as long as it lasts: each that is made walks the stack, for many orders in a row.
  let full: AvantLinkError | undefined;
  let turns = 0;
  let wake: () => void = () => {};

  // A job that was retried or removed as a dead letter may still lie in a queue; only its own entry counts.
  const isCurrent = (job: Job): boolean => jobs.get(job.key) === job && job.reason === undefined;

  function schedule(job: Job): void {
    job.turn = ++turns;
    (job.due > runtime.now() ? later : waiting).push(job);
    wake();
  }

  function remember(key: string, how: "delivered" | "removed"): void {
    counts[how] += 1;
    if (remembered === 0) return;
    settled.set(key, how);
    for (const oldest of settled.size > remembered ? settled.keys() : []) {
      settled.delete(oldest);
      break;
    }
  }

  function settle(job: Job, verdict: Verdict): void {
    if (verdict.status === "delivered") {
      jobs.delete(job.key);
      remember(job.key, "delivered");
    } else if (verdict.status === "retry") {
      job.attempts += verdict.counted ? 1 : 0;
      job.tried = true;
      job.due = verdict.at;
      schedule(job);
    } else {
      bury(job, verdict.reason);
    }
  }

  function bury(job: Job, reason: DeadReason): void {
    job.reason = reason;
    job.diedAt = runtime.now();
    job.turn = ++turns;
    counts.dead += 1;
  }

  function makeSureOfRoom(): void {
    if (jobs.size - rejected.size < capacity) {
      full = undefined;
      return;
    }
    full ??= new AvantLinkError("outbox.full");
    throw full;
  }

  /** Nobody removed it, so its number stays free. */
  function forgetOldestRejected(): void {
    const [oldest] = rejected.size < MOST_REJECTED ? [] : rejected;
    if (oldest === undefined) return;
    jobs.delete(oldest);
    rejected.delete(oldest);
    counts.dead -= 1;
    counts.removed += 1;
  }

  function removeLetter(key: string): boolean {
    if (jobs.get(key)?.reason === undefined) return false;
    jobs.delete(key);
    rejected.delete(key);
    counts.dead -= 1;
    remember(key, "removed");
    return true;
  }

  function stateOf(key: string): JobState | undefined {
    const job = jobs.get(key);
    if (job) return job.reason === undefined ? "pending" : "dead";
    const how = settled.get(key);
    return how === "removed" ? "dead" : how;
  }

  return {
    name: "memory",
    durable: false,
    async open(given) {
      runtime = given;
    },
    async put(job, putOptions = {}) {
      const state = stateOf(job.key);
      const letter = state === "dead" ? jobs.get(job.key) : undefined;
      if (state !== undefined && !letter) return { status: "duplicate", state };
      // What could never be sent takes no room from what can.
      if (job.kind === "rejected") forgetOldestRejected();
      else if (!letter) makeSureOfRoom();
      if (job.kind === "rejected") rejected.add(job.key);
      else rejected.delete(job.key);
      if (letter) counts.dead -= 1;
      else counts.accepted += 1;
      const fresh: Job = {
        ...job,
        attempts: 0,
        tried: false,
        due: job.acceptedAt,
        turn: 0,
        reason: undefined,
        diedAt: 0,
      };
      jobs.set(job.key, fresh);
      if (putOptions.dead) bury(fresh, putOptions.dead);
      else schedule(fresh);
      return { status: "accepted" };
    },
    async run(deliver, { concurrency }) {
      const handOut = (job: Job) => deliver(claimed(job));
      const pump = startPump({ runtime, waiting, later, concurrency, isCurrent, settle, deliver: handOut });
      wake = pump.turn;
      return pump;
    },
    async state(key) {
      return stateOf(key);
    },
    async totals() {
      const pending = jobs.size - counts.dead;
      let oldestPendingAt: number | undefined;
      for (const job of pending > 0 ? jobs.values() : []) {
        if (job.reason === undefined && job.acceptedAt < (oldestPendingAt ?? Infinity))
          oldestPendingAt = job.acceptedAt;
      }
      return { ...counts, pending, oldestPendingAt };
    },
    dead: {
      async list({ limit = 100, offset = 0 } = {}) {
        return [...jobs.values()]
          .filter(isLetter)
          .sort((a, b) => b.diedAt - a.diedAt || b.turn - a.turn)
          .slice(offset, offset + limit)
          .map((job) => ({ ...claimed(job), reason: job.reason, diedAt: job.diedAt }));
      },
      async retry(key, body) {
        const job = jobs.get(key);
        if (job?.reason === undefined || (job.kind === "rejected" && body === undefined)) return false;
        rejected.delete(key);
        counts.dead -= 1;
        const fresh: Job = {
          ...job,
          kind: "order",
          body: body ?? job.body,
          attempts: 0,
          tried: false,
          due: runtime.now(),
          acceptedAt: runtime.now(),
          reason: undefined,
        };
        jobs.set(key, fresh);
        schedule(fresh);
        return true;
      },
      async remove(key) {
        return removeLetter(key);
      },
    },
    async close() {},
  };
}

function isLetter(job: Job): job is Job & DeadLetter {
  return job.reason !== undefined;
}

/** What others may see of a job, and cannot change. */
function claimed({ key, kind, body, acceptedAt, attempts }: Job): ClaimedJob {
  return { key, kind, body, acceptedAt, attempts };
}
