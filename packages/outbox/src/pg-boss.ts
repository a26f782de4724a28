import {
  AvantLinkError,
  type Outbox,
  type OutboxJob,
  type PutResult,
  type Runtime,
} from "@avantlink-s2s/core";
import { unavailable } from "./failure.ts";
import { inGroups } from "./groups.ts";
import { inTime } from "./in-time.ts";
import { NOT_YET, recordOf } from "./not-yet.ts";
import { checkOptions } from "./options.ts";
import {
  type Boss,
  type ShopTransaction,
  type SqlRunner,
  underSavepoint,
  weaknesses,
} from "./pg-boss-boss.ts";
import { BossJobs, claimedOf, type Lease, QUEUE } from "./pg-boss-jobs.ts";
import { putAll, putDead, putGroup } from "./pg-boss-put.ts";
import { createRecovery } from "./pg-boss-recovery.ts";
import { type Leased, type Pump, startPump } from "./pump.ts";

// Two of the pool's connections, which are the shop's too; making more takes a busy server longer than they save.
const GROUPS = { size: 50, underWay: 2 };

/** The options of {@link pgBossOutbox}. */
export interface PgBossOutboxOptions {
  /** The shop's `PgBoss`, version 12. The shop starts it before the first order and stops it last. */
  readonly boss: Boss;
  /** The queue's name; processes with the same one share their orders. @default "avantlink-orders" */
  readonly queue?: string | undefined;
  /** The schema that the boss works in. @default what the boss itself says, else "pgboss" */
  readonly schema?: string | undefined;
}

export type { Boss, ShopTransaction };

/**
 * Keeps orders in PostgreSQL with pg-boss: for shops that have a PostgreSQL and want an order and its tracking to
 * be one transaction.
 */
export function pgBossOutbox(options: PgBossOutboxOptions): Outbox {
  checkOptions("pgBossOutbox", options, { boss: pgBoss, queue: queueName, schema: schemaName });
  const { boss } = options;
  const queue = options.queue ?? "avantlink-orders";
  let opening: Promise<void> | undefined;
  let clock: Runtime | undefined;
  let jobs = new BossJobs("pgboss", queue);
  let tell: (error: AvantLinkError) => void = () => {};
  let pump: Pump | undefined;
  const onError = (cause: Error) => tell(new AvantLinkError("outbox.stalled", { cause }));

  async function openQueue(runtime: Runtime): Promise<void> {
    const schema = options.schema ?? schemaOf(boss.getDb());
    await boss.createQueue(queue, { ...QUEUE, partition: true });
    await boss.updateQueue(queue, QUEUE);
    const sql = boss.getDb();
    const { rows: tables } = await sql.executeSql("SELECT 1 WHERE to_regclass($1) IS NOT NULL", [
      `${schema}.queue`,
    ]);
    const { rows: queues } =
      tables.length > 0
        ? await sql.executeSql(`SELECT 1 FROM ${schema}.queue WHERE name = $1`, [queue])
        : { rows: [] };
    if (queues.length === 0) {
      throw new AvantLinkError("outbox.unfit", {
        detail: `The boss does not work in the schema ${schema}: give pgBossOutbox its schema.`,
      });
    }
    const weak = await weaknesses(sql);
    if (weak.length > 0) {
      tell(new AvantLinkError("outbox.at-risk", { detail: `PostgreSQL: ${weak.join("; ")}.` }));
    }
    jobs = new BossJobs(schema, queue);
    clock = runtime;
  }

  function runtime(): Runtime {
    if (!clock) throw new AvantLinkError("outbox.unavailable", { detail: "It is not open." });
    return clock;
  }

  /** Asks the boss's own database, for so long as anybody waits. */
  async function ask<T>(work: (sql: SqlRunner) => Promise<T>): Promise<T> {
    runtime();
    return inTime(work(boss.getDb()), "PostgreSQL");
  }

  async function putAlone(job: OutboxJob): Promise<PutResult> {
    const [result] = await ask((sql) => putGroup(jobs, sql, [job], putAlone));
    return result ?? { status: "duplicate", state: "pending" };
  }

  const putOne = inGroups(
    (all: readonly OutboxJob[]) => ask((sql) => putGroup(jobs, sql, all, putAlone)),
    GROUPS,
  );
  const settleDelivered = inGroups(
    (leases: readonly Lease[]) => ask((sql) => jobs.settleDelivered(sql, leases)),
    GROUPS,
  );
  const release = inGroups(async (leases: readonly Lease[]) => {
    await ask((sql) => jobs.release(sql, leases));
    return leases.map(() => undefined);
  }, GROUPS);

  async function claim(limit: number): Promise<Leased<Lease>[]> {
    const fetching = boss.fetch(queue, { batchSize: limit, includeMetadata: true }).then((claimed) =>
      (claimed ?? []).map(({ id, retryCount, data }) => ({
        job: claimedOf(data),
        lease: { id, retryCount },
      })),
    );
    try {
      return await inTime(fetching, "PostgreSQL");
    } catch (cause) {
      // Nobody waits for what comes later; its lease would have to run out.
      fetching.then((late) => Promise.all(late.map(({ lease }) => release(lease)))).catch(() => {});
      throw cause;
    }
  }

  return {
    name: "pg-boss",
    durable: true,
    joinsTransactions: true,
    async open(given, problem) {
      tell = problem;
      opening ??= inTime(openQueue(given), "PostgreSQL");
      try {
        await opening;
      } catch (cause) {
        opening = undefined;
        throw cause;
      }
      // An error event that nobody hears would end the shop's process.
      if (boss.listenerCount("error") === 0) boss.on("error", onError);
    },
    async put(job, { dead, transaction } = {}) {
      runtime();
      if (transaction !== undefined) {
        const join = async (sql: SqlRunner): Promise<readonly PutResult[]> =>
          dead ? [await putDead(jobs, sql, job, dead)] : putAll(jobs, sql, [job]);
        const [result] = await underSavepoint(transaction as ShopTransaction, join).catch(
          (cause: unknown) => {
            throw unavailable(cause);
          },
        );
        return result ?? { status: "duplicate", state: "pending" };
      }
      const result = await (dead
        ? ask((sql) => putDead(jobs, sql, job, dead))
        : inTime(putOne(job), "PostgreSQL"));
      pump?.wake();
      return result;
    },
    async run(deliver, { concurrency }) {
      const { now } = runtime();
      const recovery = createRecovery({
        recover: () => jobs.recover(boss.getDb()),
        recovered: () => pump?.wake(),
        problem: tell,
      });
      const running = startPump<Lease>({
        store: {
          claim(limit) {
            recovery.begin();
            return claim(limit);
          },
          settle: ({ lease }, verdict) =>
            verdict.status === "delivered"
              ? settleDelivered(lease)
              : ask((sql) => jobs.settle(sql, lease, verdict, now())),
          release: ({ lease }) => release(lease),
        },
        deliver,
        concurrency,
        runtime: runtime(),
        problem: tell,
      });
      pump = running;
      return {
        async stop() {
          await running.stop();
          await recovery.end();
        },
      };
    },
    ...NOT_YET,
    find: async (key) => recordOf(key, await ask((sql) => jobs.state(sql, key))),
    totals: () => ask((sql) => jobs.totals(sql)),
    dead: {
      list: ({ limit = 100, offset = 0 } = {}) => ask((sql) => jobs.letters(sql, limit, offset)),
      async retry(key, corrected) {
        const body = corrected?.body;
        const fresh = {
          key,
          kind: "order",
          acceptedAt: runtime().now(),
          ...(body === undefined ? {} : { body }),
        } as const;
        const retried = await ask((sql) => jobs.revive(sql, key, fresh));
        pump?.wake();
        return retried;
      },
      remove: (key) => ask((sql) => jobs.remove(sql, key)),
    },
    async close() {
      await opening?.catch(() => {});
      opening = undefined;
      clock = undefined;
      boss.off("error", onError);
    },
  };
}

/** The schema of pg-boss's own pool; a database that the shop adapted does not tell. */
function schemaOf(database: object): string {
  const config: unknown = "config" in database ? database.config : undefined;
  const schema: unknown =
    typeof config === "object" && config !== null && "schema" in config ? config.schema : undefined;
  return typeof schema === "string" ? schema : "pgboss";
}

function pgBoss(value: unknown): string | undefined {
  const fits =
    typeof value === "object" &&
    value !== null &&
    ["fetch", "createQueue", "updateQueue", "getDb"].every(
      (name) => typeof Reflect.get(value, name) === "function",
    );
  return fits ? undefined : "expected a PgBoss of version 12";
}

function queueName(value: unknown): string | undefined {
  if (value === undefined || (typeof value === "string" && /^[\w.-]+$/.test(value))) return undefined;
  return "expected a name of letters, digits, ., - and _";
}

function schemaName(value: unknown): string | undefined {
  if (value === undefined || (typeof value === "string" && /^(?:\w+|"[\w-]+")$/.test(value)))
    return undefined;
  return "expected a schema's name";
}
