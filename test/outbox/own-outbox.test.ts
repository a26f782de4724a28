import {
  type ClaimedJob,
  type Deliver,
  type Outbox,
  type OutboxJob,
  type OutboxRecord,
  type Runtime,
  type SettledRecord,
  stateOf,
  type Verdict,
} from "@avantlink-s2s/core";
import { testOutbox } from "@avantlink-s2s/outbox/testing";
import { shiftedClock } from "../support/shifted-clock.ts";

// An outbox as its author would write it from docs/outbox-contract.md, on a store as simple as can be.

interface Row {
  record: OutboxRecord;
  dueAt: number;
  /** How far away the due time was when it was set: if it is further, the clock was set back. */
  wait: number;
  tried: boolean;
  lease: number;
  leased: boolean;
}
type Store = Map<string, Row>;

function mapOutbox(store: Store): Outbox {
  let runtime: Runtime | undefined;
  const looks = new Set<() => void>();
  const now = () => clock().now();
  const isAhead = ({ dueAt, wait }: Row) => dueAt > now() && dueAt - now() <= wait;

  function clock(): Runtime {
    if (!runtime) throw Object.assign(new Error("It is not open."), { code: "outbox.unavailable" });
    return runtime;
  }

  function write(record: OutboxRecord, changes: Partial<Row> = {}): void {
    const lease = (store.get(record.key)?.lease ?? 0) + 1;
    const fresh = { dueAt: now(), wait: 0, tried: false, leased: false };
    store.set(record.key, { ...fresh, ...changes, record, lease });
    for (const look of looks) look();
  }

  function settle(key: string, status: SettledRecord["status"]): void {
    const record = store.get(key)?.record;
    if (!record) return;
    const { acceptedAt, attempts, summary } = record;
    write({ key, status, acceptedAt, attempts, summary, settledAt: now() });
  }

  /** Leases the job whose turn it is: fresh jobs first, then the job that has been due the longest. */
  function claim(except: ReadonlySet<string>): Row | undefined {
    const due = [...store.values()].filter(
      (row) => row.record.status === "pending" && !isAhead(row) && !except.has(row.record.key),
    );
    const [row] = due.sort((a, b) => Number(a.tried) - Number(b.tried) || a.dueAt - b.dueAt);
    if (row) Object.assign(row, { dueAt: now() + 30_000, wait: 30_000, leased: true, lease: row.lease + 1 });
    return row;
  }

  /** Delivers one job; nothing where none is due. */
  function deliverOne(deliver: Deliver, seen = new Set<string>()): Promise<Verdict["status"]> | undefined {
    const row = claim(seen);
    if (row?.record.status !== "pending") return undefined;
    const { record, lease } = row;
    const { status: _, lastAttempts, dueAt: __, ...job } = record;
    seen.add(job.key);
    return deliver(job satisfies ClaimedJob).then((verdict) => {
      if (store.get(job.key)?.lease === lease) apply(job, lastAttempts, verdict);
      return verdict.status;
    });
  }

  function apply(job: ClaimedJob, before: readonly { at: number; answer: string }[], verdict: Verdict): void {
    if (verdict.status === "delivered") {
      settle(job.key, "delivered");
      return;
    }
    const answer = verdict.status === "dead" ? verdict.reason.message : verdict.reason;
    const lastAttempts = [...before, { at: now(), answer }].slice(-3);
    if (verdict.status === "dead") {
      write({ ...job, lastAttempts, status: "dead", reason: verdict.reason, diedAt: now() });
      return;
    }
    const [attempts, dueAt] = [job.attempts + Number(verdict.counted), verdict.at];
    const place = { dueAt, wait: Math.max(0, dueAt - now()), tried: true };
    write({ ...job, attempts, lastAttempts, status: "pending", dueAt }, place);
  }

  function recordsOf<Status extends OutboxRecord["status"]>(status: Status) {
    return [...store.values()].flatMap(({ record, dueAt }) =>
      record.status === status
        ? [
            (record.status === "pending" ? { ...record, dueAt } : record) as Extract<
              OutboxRecord,
              { status: Status }
            >,
          ]
        : [],
    );
  }

  const fresh = (job: OutboxJob) => ({ ...job, attempts: 0, lastAttempts: [] });

  return {
    name: "map",
    durable: true,
    async open(given) {
      runtime = given;
    },
    async put(job, { dead } = {}) {
      clock();
      const known = store.get(job.key)?.record;
      if (known && known.status !== "dead")
        return { status: "duplicate", state: stateOf(known), contentHash: known.summary?.contentHash };
      if (dead) write({ ...fresh(job), status: "dead", reason: dead, diedAt: now() });
      else write({ ...fresh(job), status: "pending", dueAt: now() });
      return { status: "accepted" };
    },
    async run(deliver, { concurrency }) {
      const underWay = new Set<Promise<void>>();
      let cancel = () => {};
      function look(): void {
        while (underWay.size < concurrency) {
          const delivering = deliverOne(deliver);
          if (!delivering) return;
          const work: Promise<void> = delivering.then(() => {
            underWay.delete(work);
            if (looks.has(look)) look();
          });
          underWay.add(work);
        }
      }
      function poll(): void {
        look();
        cancel = clock().after(50, poll);
      }
      looks.add(look);
      poll();
      return {
        async stop() {
          looks.delete(look);
          cancel();
          await Promise.all(underWay);
        },
      };
    },
    async deliverDue(deliver, { concurrency, timeoutMs }) {
      const until = now() + timeoutMs;
      const seen = new Set<string>();
      const did = { delivered: 0, retry: 0, dead: 0 };
      async function slot(): Promise<void> {
        while (now() < until) {
          const status = await deliverOne(deliver, seen);
          if (!status) return;
          did[status] += 1;
        }
      }
      await Promise.all(Array.from({ length: concurrency }, slot));
      const left = recordsOf("pending").filter(({ key }) => {
        const row = store.get(key);
        return row && !isAhead(row) && !seen.has(key);
      });
      const { delivered, retry, dead } = did;
      return { delivered, retrying: retry, dead, timedOut: left.length > 0 };
    },
    async find(key) {
      const row = store.get(key);
      return row?.record.status === "pending" ? { ...row.record, dueAt: row.dueAt } : row?.record;
    },
    waiting: {
      async list({ limit = 100, offset = 0 } = {}) {
        const all = recordsOf("pending").sort((a, b) => a.acceptedAt - b.acceptedAt);
        return all.slice(offset, offset + limit);
      },
    },
    dead: {
      async list({ limit = 100, offset = 0 } = {}) {
        const all = recordsOf("dead")
          .reverse()
          .sort((a, b) => b.diedAt - a.diedAt);
        return all.slice(offset, offset + limit);
      },
      async retry(key, corrected) {
        const record = store.get(key)?.record;
        if (record?.status !== "dead" || (record.kind === "rejected" && !corrected)) return false;
        const { reason: _, diedAt: __, ...job } = { ...record, ...corrected, kind: "order" } as const;
        write({ ...fresh({ ...job, acceptedAt: now() }), status: "pending", dueAt: now() });
        return true;
      },
      async remove(key) {
        if (store.get(key)?.record.status !== "dead") return false;
        settle(key, "removed");
        return true;
      },
    },
    settled: {
      async list({ from, until }) {
        const all = [...recordsOf("delivered"), ...recordsOf("removed")];
        return all.filter(({ acceptedAt }) => acceptedAt >= from && acceptedAt < until);
      },
    },
    async forget(key) {
      const row = store.get(key);
      if (!row) return { status: "unknown" };
      if (row.record.status === "delivered") return { status: "delivered", settledAt: row.record.settledAt };
      if (row.leased && isAhead(row)) return { status: "sending" };
      if (row.record.status !== "removed") settle(key, "removed");
      return { status: "removed" };
    },
    async totals() {
      const count = (status: OutboxRecord["status"]) => recordsOf(status).length;
      const [delivered, pending, dead, removed] = [
        count("delivered"),
        count("pending"),
        count("dead"),
        count("removed"),
      ];
      const oldest = Math.min(...recordsOf("pending").map(({ acceptedAt }) => acceptedAt));
      return {
        accepted: store.size,
        delivered,
        pending,
        dead,
        removed,
        oldestPendingAt: pending > 0 ? oldest : undefined,
      };
    },
    async close() {
      runtime = undefined;
    },
  };
}

testOutbox(
  "map",
  async () => {
    const store: Store = new Map();
    const runtime = shiftedClock();
    return {
      runtime,
      setClockBack: async (ms) => runtime.shift(-ms),
      outbox: async () => mapOutbox(store),
      async endLeases() {
        for (const row of store.values()) if (row.leased) row.dueAt = 0;
      },
      holds: async (text) => JSON.stringify([...store.values()]).includes(text),
      async end() {},
    };
  },
  { processes: "a Map is one process's own" },
);
