import TinyQueue from "tinyqueue";
import { AvantLinkError } from "../errors.ts";
import { RecentKeys } from "../recent-keys.ts";
import { type Runtime, systemRuntime } from "../runtime.ts";
import {
  type ClaimedJob,
  type DeadLetter,
  type Deliver,
  type Outbox,
  type OutboxJob,
  type OutboxRecord,
  type PendingRecord,
  type SettledRecord,
  stateOf,
  type Verdict,
} from "./outbox.ts";

/** The options of {@link memoryOutbox}. */
export interface MemoryOutboxOptions {
  /** Upper bound of orders kept at a time, pending and dead; a further one is refused with `outbox.full`. @default 10_000 */
  readonly capacity?: number | undefined;
  /** How many delivered orders are remembered at least, so as not to be sent again. @default 100_000 */
  readonly remembered?: number | undefined;
}

// Orders that cannot be sent are kept beside those that can; the oldest goes first.
const MAX_REJECTED = 1_000;
const MAX_ATTEMPT_RECORDS = 3;
// A delivery takes 15 seconds at most. Counts only where the host stops work: elsewhere a clock may jump.
const LEASE_MS = 30_000;

/** A job with its place in the queue. */
type Entry = ReturnType<typeof entryOf>;

function entryOf(job: OutboxJob) {
  return {
    job,
    attempts: 0,
    lastAttempts: [] as DeadLetter["lastAttempts"],
    tried: false, // whether a verdict asked for another attempt, counted or not
    due: 0,
    scheduledAt: 0, // when `due` was decided
    turn: 0, // its place among those of the same moment
    sending: false,
    sentAt: 0, // when the last attempt began
    /** Set once the job is a dead letter. */
    death: undefined as Pick<DeadLetter, "reason" | "diedAt"> | undefined,
  };
}

const byTime = (a: Entry, b: Entry): number => a.due - b.due || a.turn - b.turn;
const freshFirst = (a: Entry, b: Entry): number => Number(a.tried) - Number(b.tried) || byTime(a, b);
const claimed = ({ job, attempts }: Entry): ClaimedJob => ({ ...job, attempts });

function pendingRecord(entry: Entry): PendingRecord {
  return { ...claimed(entry), status: "pending", lastAttempts: entry.lastAttempts, dueAt: entry.due };
}

function deadLetters(entry: Entry): readonly DeadLetter[] {
  const { lastAttempts, death } = entry;
  return death ? [{ ...claimed(entry), status: "dead", lastAttempts, ...death }] : [];
}

/**
 * Keeps orders in the memory of this process: nothing to set up, right for development and tests. A crash or a
 * deploy loses what is not yet delivered, and several processes do not know of each other's orders.
 */
export function memoryOutbox({ capacity = 10_000, remembered = 100_000 }: MemoryOutboxOptions = {}): Outbox {
  let runtime: Runtime = systemRuntime;
  const entries = new Map<string, Entry>();
  const rejected = new Set<string>();
  const settled = new RecentKeys<SettledRecord>(remembered);
  const counts = { accepted: 0, delivered: 0, dead: 0, removed: 0 };
  const ready = new TinyQueue<Entry>([], freshFirst);
  let later = new TinyQueue<Entry>([], byTime);
  let turns = 0;
  let lastNow = Number.NEGATIVE_INFINITY;
  let wake: (reached?: number) => void = () => {};
  let cancelAlarm = () => {};

  // A job that was retried or removed may still lie in a queue; only its own entry counts.
  const isCurrent = (entry: Entry) => entries.get(entry.job.key) === entry && !entry.death && !entry.sending;

  function schedule(entry: Entry, due: number): void {
    entry.turn = ++turns;
    entry.due = due;
    entry.scheduledAt = runtime.now();
    (due > entry.scheduledAt ? later : ready).push(entry);
    wake();
  }

  /** The next job that is due. An alarm that has rung is believed, even where the clock was set back meanwhile. */
  function nextDue(reached: number): Entry | undefined {
    const now = Math.max(reached, runtime.now());
    if (now < lastNow) rescheduleFrom(now);
    lastNow = now;
    for (let next = later.peek(); next && next.due <= now; next = later.peek()) {
      later.pop();
      ready.push(next);
    }
    for (let entry = ready.pop(); entry; entry = ready.pop()) if (isCurrent(entry)) return entry;
    return undefined;
  }

  /** The clock was set back: each job waits again for its own delay, and no longer. */
  function rescheduleFrom(now: number): void {
    const waiting = [...entries.values()].filter((entry) => isCurrent(entry) && entry.due > now);
    for (const entry of waiting.filter(({ scheduledAt }) => scheduledAt > now)) {
      entry.due = now + (entry.due - entry.scheduledAt);
      entry.scheduledAt = now;
    }
    const still = waiting.filter(({ due }) => due > now);
    later = new TinyQueue(still, byTime);
  }

  function waitingEntries(): Entry[] {
    return [...entries.values()].filter(({ death }) => !death);
  }

  function setAlarm(at: number | undefined): void {
    cancelAlarm();
    cancelAlarm = at === undefined ? () => {} : runtime.after(at - runtime.now(), () => wake(at));
  }

  async function send(entry: Entry, deliver: Deliver): Promise<Verdict["status"]> {
    entry.sending = true;
    entry.sentAt = runtime.now();
    const verdict = await deliver(claimed(entry));
    // A letter that was put or retried again meanwhile is another job.
    if (entries.get(entry.job.key) !== entry) return verdict.status;
    entry.sending = false;
    if (verdict.status === "delivered") return settle(entry, "delivered");
    const answer = verdict.status === "dead" ? verdict.reason.message : verdict.reason;
    entry.lastAttempts = [...entry.lastAttempts, { at: runtime.now(), answer }].slice(-MAX_ATTEMPT_RECORDS);
    if (verdict.status === "dead") {
      bury(entry, verdict.reason);
    } else {
      entry.attempts += verdict.counted ? 1 : 0;
      entry.tried = true;
      schedule(entry, Math.max(verdict.at, runtime.now()));
    }
    return verdict.status;
  }

  function bury(entry: Entry, reason: DeadLetter["reason"]): void {
    Object.assign(entry, { death: { reason, diedAt: runtime.now() }, turn: ++turns });
    counts.dead += 1;
  }

  /** Erases the body and the number; the key stays taken. */
  function settle<S extends SettledRecord["status"]>({ job, attempts, death }: Entry, status: S): S {
    const { key, acceptedAt, summary } = job;
    if (death) counts.dead -= 1;
    entries.delete(key);
    rejected.delete(key);
    counts[status] += 1;
    if (remembered > 0)
      settled.set(key, { status, key, acceptedAt, settledAt: runtime.now(), attempts, summary });
    return status;
  }

  /** The oldest makes room. Nobody removed it, so its number stays free. */
  function addRejected(key: string): void {
    const [oldest = ""] = rejected.size < MAX_REJECTED ? [] : rejected;
    if (entries.delete(oldest)) {
      rejected.delete(oldest);
      counts.dead -= 1;
      counts.removed += 1;
    }
    rejected.add(key);
  }

  function add(job: OutboxJob, due: number, dead?: DeadLetter["reason"]): void {
    const entry = entryOf(job);
    entries.set(job.key, entry);
    if (dead) bury(entry, dead);
    else schedule(entry, due);
  }

  function find(key: string): OutboxRecord | undefined {
    const entry = entries.get(key);
    return entry ? (deadLetters(entry)[0] ?? pendingRecord(entry)) : settled.get(key);
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
      rejected.delete(job.key);
      if (job.kind === "rejected") addRejected(job.key);
      else if (!found && entries.size - rejected.size >= capacity) throw new AvantLinkError("outbox.full");
      if (found) counts.dead -= 1;
      else counts.accepted += 1;
      add(job, job.acceptedAt, dead);
      return { status: "accepted" };
    },
    async run(deliver, { concurrency }) {
      const underWay = new Map<Entry, Promise<void>>();
      wake = (reached = runtime.now()) => {
        // The runtime stopped these with the request that began them.
        for (const entry of runtime.stopsWork ? underWay.keys() : []) {
          if (runtime.now() - entry.sentAt < LEASE_MS) continue;
          underWay.delete(entry);
          if (entries.get(entry.job.key) !== entry) continue;
          const again: Entry = { ...entry, sending: false };
          entries.set(entry.job.key, again);
          schedule(again, runtime.now());
        }
        while (underWay.size < concurrency) {
          const entry = nextDue(reached);
          if (!entry) break;
          const sending = send(entry, deliver).then(() => void (underWay.delete(entry) && wake()));
          underWay.set(entry, sending);
        }
        // With every slot busy, the delivery that ends first wakes the outbox.
        setAlarm(underWay.size < concurrency ? later.peek()?.due : undefined);
      };
      const own = wake; // in development a tracker that takes this one's place brings another
      own();
      return {
        async stop() {
          if (wake === own) wake = () => setAlarm(undefined);
          wake();
          await Promise.all(underWay.values());
        },
      };
    },
    async deliverDue(deliver, { concurrency, timeoutMs }) {
      const since = runtime.now();
      const did = { delivered: 0, retry: 0, dead: 0 };
      const tried = new Set<Entry>();
      let timedOut = false;
      const deliverNext = async (): Promise<void> => {
        for (let entry = nextDue(since); entry; entry = nextDue(since)) {
          timedOut ||= runtime.now() - since >= timeoutMs;
          // What is due again was due after everything else.
          if (timedOut || tried.has(entry)) return void ready.push(entry);
          tried.add(entry);
          did[await send(entry, deliver)] += 1;
        }
      };
      await Promise.all(Array.from({ length: concurrency }, deliverNext));
      wake();
      return { delivered: did.delivered, retrying: did.retry, dead: did.dead, timedOut };
    },
    find: async (key) => find(key),
    waiting: {
      async list({ limit = 100, offset = 0 } = {}) {
        const oldest = waitingEntries().sort(
          (a, b) => a.job.acceptedAt - b.job.acceptedAt || a.turn - b.turn,
        );
        return oldest.slice(offset, offset + limit).map(pendingRecord);
      },
    },
    dead: {
      async list({ limit = 100, offset = 0 } = {}) {
        const newest = [...entries.values()].sort((a, b) => b.turn - a.turn);
        return newest.flatMap(deadLetters).slice(offset, offset + limit);
      },
      async retry(key, corrected) {
        const { job, death } = entries.get(key) ?? {};
        if (!job || !death || (job.kind === "rejected" && !corrected)) return false;
        rejected.delete(key);
        counts.dead -= 1;
        const now = runtime.now();
        add({ ...job, ...corrected, kind: "order", acceptedAt: now }, now);
        return true;
      },
      async remove(key) {
        const entry = entries.get(key);
        if (entry?.death) settle(entry, "removed");
        return entry?.death !== undefined;
      },
    },
    settled: {
      list: async ({ from, until }) =>
        settled.values().filter(({ acceptedAt }) => acceptedAt >= from && acceptedAt < until),
    },
    async forget(key) {
      const entry = entries.get(key);
      if (entry?.sending) return { status: "sending" };
      if (entry) settle(entry, "removed");
      const { status = "unknown", settledAt = 0 } = settled.get(key) ?? {};
      return status === "delivered" ? { status, settledAt } : { status: entry ? "removed" : status };
    },
    async totals() {
      const times = waitingEntries().map(({ job }) => job.acceptedAt);
      return { ...counts, pending: times.length, oldestPendingAt: times.sort((a, b) => a - b)[0] };
    },
    async close() {},
  };
}
