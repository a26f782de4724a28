import { AvantLinkError, type Outbox, type PutResult, type Runtime, type Verdict } from "@avantlink-s2s/core";
import { inBatches } from "../batches.ts";
import type { RowLease } from "../job-row.ts";
import { type LeaseWorkers, leaseWorkers } from "../lease-worker.ts";
import { checkOptions } from "../options.ts";
import { inTime } from "../store-timeout.ts";
import { insisting, type PostgresClient, runnerOf, textIn } from "./client.ts";
import { postgresFailure, READ_ONLY } from "./postgres-failure.ts";
import { inspectSql, SCHEMA_VERSION, schemaSql } from "./schema.ts";
import { underSavepoint } from "./shop-transaction.ts";
import { type JobToPut, type PostgresLease, PostgresStore } from "./store.ts";

// Two connections at a time, since the pool is the shop's too.
const PUTS = { size: 100, underWay: 2 };
// Those whose number an open transaction holds keep a connection for seconds.
const HELD_PUTS = { size: 1, underWay: 2 };
// One at a time, so that what ends meanwhile is settled together: half the statements.
const VERDICTS = { size: 100, underWay: 1 };
const DEFAULT_SCHEMA = "avantlink";
const DAY_S = 86_400;

/** The options of {@link postgresOutbox}. */
export interface PostgresOutboxOptions {
  /**
   * A client of PostgreSQL: `pg`'s Pool or Client, postgres.js, PGlite, Neon's, or a function
   * `(sql, params) => rows | { rows }` over any other. Each call is one statement, so any connection of a pool will do.
   * A single connection must be the outbox's own: in a transaction that is open there, orders are lost with its rollback.
   */
  readonly query: PostgresClient;
  /** The schema of the outbox's two tables, which is made when it is missing. @default "avantlink" */
  readonly schema?: string | undefined;
}

export type { PostgresClient, PostgresQuery, PostgresResult, PostgresRow } from "./client.ts";

/** The statement that makes the outbox's tables, or upgrades them, for shops that migrate by themselves. */
export function postgresSchema(options: { readonly schema?: string | undefined } = {}): string {
  checkOptions("postgresSchema", options, { schema: schemaName });
  return `${schemaSql(options.schema ?? DEFAULT_SCHEMA)};\n`;
}

/**
 * Keeps orders in PostgreSQL, on two tables of its own: for shops on several machines or on none, through any client
 * and any pooler. An order can be part of the shop's own transaction.
 */
export function postgresOutbox(options: PostgresOutboxOptions): Outbox {
  checkOptions("postgresOutbox", options, { query: client, schema: schemaName });
  const schema = options.schema ?? DEFAULT_SCHEMA;
  const store = new PostgresStore(schema);
  const run = insisting(runnerOf(options.query) ?? (() => Promise.reject(new Error("no client"))));
  let opening: Promise<void> | undefined;
  let open: { readonly runtime: Runtime; readonly workers: LeaseWorkers } | undefined;

  async function prepare(runtime: Runtime, report: (error: AvantLinkError) => void): Promise<void> {
    const [found] = await run(inspectSql(schema));
    if (textIn(found, "read_only") === "on")
      throw new AvantLinkError("outbox.unavailable", { detail: `PostgreSQL: ${READ_ONLY}` });
    const version = Number(found?.version ?? 0);
    if (version > SCHEMA_VERSION) {
      const detail = `The schema ${schema} was made by a newer version of @avantlink-s2s/outbox: update this one.`;
      throw new AvantLinkError("outbox.unfit", { detail });
    }
    if (found?.lacking) {
      const detail = `PostgreSQL: In the schema ${schema} the user lacks ${String(found.lacking)}. GRANT it.`;
      throw new AvantLinkError("outbox.unfit", { detail });
    }
    if (version < SCHEMA_VERSION) await run(schemaSql(schema));
    if (found?.weak) {
      const detail = `PostgreSQL: ${String(found.weak)} is off: a power cut loses orders. Set it to on.`;
      report(new AvantLinkError("outbox.at-risk", { detail }));
    }
    open = { runtime, workers: leaseWorkers<RowLease>(leases(runtime), runtime, report) };
  }

  const leases = (runtime: Runtime) => ({
    async claim(limit: number) {
      const claimed = await asked(() => store.claim(run, limit));
      if (claimed.length > 0 || !store.shouldTend(runtime.now())) return claimed;
      // With very many orders waiting, this may take longer than an answer. Nothing waits for it then.
      return asked(() => store.tendAndClaim(run, limit)).catch(() => claimed);
    },
    settle: (leased: PostgresLease, verdict: Verdict) => settle({ leased, verdict }),
    release: (leased: PostgresLease) => release(leased),
  });

  function opened(): { readonly runtime: Runtime; readonly workers: LeaseWorkers } {
    if (!open) throw new AvantLinkError("outbox.unavailable", { detail: "It is not open." });
    return open;
  }

  /** Asks the database, for at most as long as a caller waits. */
  async function asked<T>(work: () => Promise<T>): Promise<T> {
    opened();
    try {
      return await inTime(work(), "PostgreSQL");
    } catch (cause) {
      throw postgresFailure(cause);
    }
  }

  const putHeld = inBatches<JobToPut, PutResult>((one) => asked(() => store.putAll(run, one)), HELD_PUTS);
  const put = inBatches<JobToPut, PutResult>(async (batch) => {
    const results = await asked(() => store.putBatch(run, batch));
    return batch.map((one, index) => results[index] ?? putHeld(one));
  }, PUTS);
  const settle = inBatches<{ leased: PostgresLease; verdict: Verdict }, boolean>(
    (batch) => asked(() => store.settle(run, batch, opened().runtime.now())),
    VERDICTS,
  );
  const release = inBatches<PostgresLease, void>(async (batch) => {
    await asked(() => store.release(run, batch));
    return batch.map(() => undefined);
  }, VERDICTS);

  return {
    name: "postgres",
    durable: true,
    joinsTransactions: true,
    async open(runtime, report) {
      opening ??= inTime(prepare(runtime, report), "PostgreSQL").catch((cause: unknown) => {
        throw postgresFailure(cause);
      });
      try {
        await opening;
      } catch (cause) {
        opening = undefined;
        throw cause;
      }
    },
    async put(job, { dead, transaction } = {}) {
      const { workers } = opened();
      if (transaction === undefined) {
        const result = await put({ job, dead });
        workers.wake();
        return result;
      }
      const joined = underSavepoint(transaction, (inside, lockTimeout) =>
        store.putOne(inside, { job, dead }, lockTimeout),
      );
      return joined.catch((cause: unknown) => {
        throw postgresFailure(cause);
      });
    },
    run: async (deliver, { concurrency }) => opened().workers.run(deliver, concurrency),
    deliverDue: async (deliver, due) => opened().workers.deliverDue(deliver, due),
    find: (key) => asked(() => store.find(run, key)),
    waiting: {
      list: ({ limit = 100, offset = 0 } = {}) => asked(() => store.waiting(run, limit, offset)),
    },
    settled: {
      async list(accepted) {
        const all = [];
        // What was settled a day before was accepted before, also by a shop's clock that is hours fast.
        for (let after = `${accepted.from / 1_000 - DAY_S}`; ; ) {
          const { records, last } = await asked(() => store.settled(run, accepted, after));
          if (last === undefined) return all;
          all.push(...records);
          after = last;
        }
      },
    },
    totals: () => asked(() => store.totals(run)),
    dead: {
      list: ({ limit = 100, offset = 0 } = {}) => asked(() => store.letters(run, limit, offset)),
      async retry(key, corrected) {
        const { runtime, workers } = opened();
        const retried = await asked(() => store.retry(run, key, runtime.now(), corrected));
        workers.wake();
        return retried;
      },
      remove: (key) => asked(() => store.remove(run, key)),
    },
    forget: (key) => asked(() => store.forget(run, key)),
    async close() {
      await opening?.catch(() => {});
      opening = undefined;
      open = undefined;
    },
  };
}

function client(value: unknown): string | undefined {
  return runnerOf(value) ? undefined : "expected a client of PostgreSQL or a function (sql, params) => rows";
}

function schemaName(value: unknown): string | undefined {
  if (value === undefined || (typeof value === "string" && /^(?:[a-z_][a-z0-9_]*|"[\w-]+")$/.test(value)))
    return undefined;
  return "expected a schema's name: lower-case letters, digits and _";
}
