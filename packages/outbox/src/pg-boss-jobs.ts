import type {
  ClaimedJob,
  DeadLetter,
  DeadReason,
  JobState,
  OutboxJob,
  OutboxTotals,
  Verdict,
} from "@avantlink-s2s/core";
import type { SqlRunner } from "./pg-boss-boss.ts";

/** How long a settled key stays taken, in seconds. */
const REMEMBERED_SECONDS = 400 * 86_400;
/** How long a worker that died holds its jobs, in seconds. A delivery takes at most half of it. */
const LEASE_SECONDS = 30;
/** Recovery counts as a retry to pg-boss, and when to give up is the tracker's to say. */
const RETRY_LIMIT = 32_766;
/** Far beyond every retry, in seconds. */
const RETENTION_SECONDS = 10 * 365 * 86_400;

/** The queue's settings: nothing of pg-boss's own time limits may end an order. */
export const QUEUE = {
  retryLimit: RETRY_LIMIT,
  retryDelay: 0,
  retryBackoff: false,
  expireInSeconds: LEASE_SECONDS,
  retentionSeconds: RETENTION_SECONDS,
  deleteAfterSeconds: 0,
};

// The same in a job's own columns: policy, retry_limit, expire_seconds, keep_until, deletion_seconds.
const OURS = `'standard', ${RETRY_LIMIT}, ${LEASE_SECONDS}, now() + ${RETENTION_SECONDS} * interval '1 s', 0`;

// The database's clock counts the time from here ($4, in milliseconds), so that the two clocks need not agree.
const RETRIED = `state = 'retry', start_after = now() + $4::float8 * interval '1 ms', priority = -1,
  retry_limit = greatest(retry_limit, retry_count + ${RETRY_LIMIT}),
  data = jsonb_set(data, '{attempts}', to_jsonb((data->>'attempts')::int + $5::int))`;
const DIED = "state = 'failed', completed_on = now(), output = $4::jsonb, deletion_seconds = 0";

type FailedVerdict = Exclude<Verdict, { status: "delivered" }>;

/** What is kept of a job in pg-boss's `data`. */
export interface JobData extends ClaimedJob {}

/** What a taken key stands for. A letter's key may be taken again. */
export interface Standing {
  readonly state: JobState;
  readonly isLetter: boolean;
}

/** Tells one lease of a job from the next. */
export interface Lease {
  readonly id: string;
  readonly retryCount: number;
}

/**
 * What pg-boss has no call for, on its own table: settling fenced by the lease, with the body erased; letters. Its
 * states are used as they are meant: `cancelled` is a letter that was removed.
 */
export class BossJobs {
  readonly #table: string;
  readonly #queue: string;

  constructor(schema: string, queue: string) {
    this.#table = `${schema}.job`;
    this.#queue = queue;
  }

  /**
   * Stores orders whose keys are free, and tells which ones were. By ID, so that two processes that store the same
   * ones wait for each other in one direction only; handed out in the order given. A key that an open transaction
   * holds is waited for, at most `lockMs` where that is given.
   */
  async insert(sql: SqlRunner, jobs: readonly OutboxJob[], lockMs?: number): Promise<ReadonlySet<string>> {
    const patience =
      lockMs === undefined ? "" : `, (SELECT set_config('lock_timeout', '${lockMs}ms', true)) AS patience`;
    const { rows } = await sql.executeSql(
      `INSERT INTO ${this.#table} (name, id, data, created_on, policy, retry_limit, expire_seconds, keep_until, deletion_seconds)
       SELECT $1, (put->>'id')::uuid, put->'data', now() + place * interval '1 microsecond', ${OURS}
       FROM jsonb_array_elements($2::jsonb) WITH ORDINALITY AS jobs (put, place) ${patience} ORDER BY put->>'id'
       ON CONFLICT DO NOTHING RETURNING id`,
      [this.#queue, JSON.stringify(jobs.map((job) => ({ id: idOf(job.key), data: dataOf(job) })))],
    );
    return new Set((rows as { id: string }[]).map(({ id }) => id));
  }

  /** Settles what was delivered, where the lease is still the one that the job was claimed under; where it was. */
  async settleDelivered(sql: SqlRunner, leases: readonly Lease[]): Promise<readonly boolean[]> {
    const { rows } = await sql.executeSql(
      `UPDATE ${this.#table} AS job
       SET state = 'completed', completed_on = now(), data = NULL, output = NULL, deletion_seconds = ${REMEMBERED_SECONDS}
       FROM unnest($2::uuid[], $3::int[]) AS done (id, retry_count)
       WHERE job.name = $1 AND job.id = done.id AND job.state = 'active' AND job.retry_count = done.retry_count
       RETURNING job.id`,
      [this.#queue, leases.map(({ id }) => id), leases.map(({ retryCount }) => retryCount)],
    );
    const settled = new Set((rows as { id: string }[]).map(({ id }) => id));
    return leases.map(({ id }) => settled.has(id));
  }

  /** Applies any other verdict, likewise. */
  async settle(
    sql: SqlRunner,
    { id, retryCount }: Lease,
    verdict: FailedVerdict,
    now: number,
  ): Promise<boolean> {
    const retry = verdict.status === "retry";
    const { rows } = await sql.executeSql(
      `UPDATE ${this.#table} SET ${retry ? RETRIED : DIED}
       WHERE name = $1 AND id = $2::uuid AND state = 'active' AND retry_count = $3::int RETURNING 1`,
      [
        ...[this.#queue, id, retryCount],
        ...(retry
          ? [Math.max(0, verdict.at - now), verdict.counted ? 1 : 0]
          : [JSON.stringify(verdict.reason)]),
      ],
    );
    return rows.length > 0;
  }

  /** Makes jobs due again that were not begun, if the lease is still their own. Fresh ones keep their turn. */
  async release(sql: SqlRunner, leases: readonly Lease[]): Promise<void> {
    await sql.executeSql(
      `UPDATE ${this.#table} AS job SET state = 'retry', start_after = least(start_after, now()),
         retry_limit = greatest(retry_limit, job.retry_count + ${RETRY_LIMIT})
       FROM unnest($2::uuid[], $3::int[]) AS held (id, retry_count)
       WHERE job.name = $1 AND job.id = held.id AND job.state = 'active' AND job.retry_count = held.retry_count`,
      [this.#queue, leases.map(({ id }) => id), leases.map(({ retryCount }) => retryCount)],
    );
  }

  /** Makes jobs due again whose worker died, rather than wait for the boss to look, which may take minutes. */
  async recover(sql: SqlRunner): Promise<void> {
    await sql.executeSql(
      `UPDATE ${this.#table} SET state = 'retry', start_after = now()
       WHERE name = $1 AND state = 'active' AND started_on < now() - ${LEASE_SECONDS} * interval '1 s'`,
      [this.#queue],
    );
  }

  /** Keeps an order that is dead from the start, or instead of a letter. Whether it was taken. */
  async putLetter(sql: SqlRunner, job: OutboxJob, reason: DeadReason): Promise<boolean> {
    const { rows } = await sql.executeSql(
      `INSERT INTO ${this.#table} AS job
         (name, id, data, output, state, completed_on, policy, retry_limit, expire_seconds, keep_until, deletion_seconds)
       VALUES ($1, $2::uuid, $3::jsonb, $4::jsonb, 'failed', now(), ${OURS})
       ON CONFLICT (name, id) DO UPDATE SET data = excluded.data, output = excluded.output, completed_on = now()
         WHERE job.state = 'failed'
       RETURNING 1`,
      [this.#queue, idOf(job.key), JSON.stringify(dataOf(job)), JSON.stringify(reason)],
    );
    return rows.length > 0;
  }

  /** Makes a letter a fresh job; without a body it keeps the one it has. Whether there was such a letter. */
  async revive(
    sql: SqlRunner,
    key: string,
    job: Omit<OutboxJob, "body" | "orderNumber"> & { body?: string | undefined },
  ): Promise<boolean> {
    const { rows } = await sql.executeSql(
      `UPDATE ${this.#table}
       SET state = 'created', priority = 0, start_after = now(), created_on = now(), completed_on = NULL, output = NULL,
         deletion_seconds = 0, keep_until = now() + ${RETENTION_SECONDS} * interval '1 s',
         retry_limit = greatest(retry_limit, retry_count + ${RETRY_LIMIT}), data = data || $3::jsonb
       WHERE name = $1 AND id = $2::uuid AND state = 'failed' AND ($4 OR data->>'kind' = 'order')
       RETURNING 1`,
      [this.#queue, idOf(key), JSON.stringify({ ...job, attempts: 0 }), job.body !== undefined],
    );
    return rows.length > 0;
  }

  /** Erases a letter and keeps its key taken. Whether there was such a letter. */
  async remove(sql: SqlRunner, key: string): Promise<boolean> {
    const { rows } = await sql.executeSql(
      `UPDATE ${this.#table}
       SET state = 'cancelled', completed_on = now(), data = NULL, output = NULL, deletion_seconds = ${REMEMBERED_SECONDS}
       WHERE name = $1 AND id = $2::uuid AND state = 'failed' RETURNING 1`,
      [this.#queue, idOf(key)],
    );
    return rows.length > 0;
  }

  async letters(sql: SqlRunner, limit: number, offset: number): Promise<DeadLetter[]> {
    const { rows } = await sql.executeSql(
      `SELECT data, output, floor(extract(epoch FROM completed_on) * 1000)::float8 AS died_at FROM ${this.#table}
       WHERE name = $1 AND state = 'failed' ORDER BY completed_on DESC, id LIMIT $2 OFFSET $3`,
      [this.#queue, limit, offset],
    );
    return (rows as { data: JobData; output: unknown; died_at: number }[]).map(
      ({ data, output, died_at }) => ({
        ...claimedOf(data),
        status: "dead",
        lastAttempts: [],
        reason: reasonOf(output),
        diedAt: Number(died_at),
      }),
    );
  }

  async state(sql: SqlRunner, key: string): Promise<JobState | undefined> {
    return (await this.standing(sql, [key])).get(idOf(key))?.state;
  }

  /** What taken keys stand for, by the job's ID. */
  async standing(sql: SqlRunner, keys: readonly string[]): Promise<ReadonlyMap<string, Standing>> {
    const { rows } = await sql.executeSql(
      `SELECT id, state FROM ${this.#table}
       WHERE name = $1 AND id IN (SELECT jsonb_array_elements_text($2::jsonb)::uuid)`,
      [this.#queue, JSON.stringify(keys.map(idOf))],
    );
    return new Map((rows as { id: string; state: string }[]).map(({ id, state }) => [id, standingOf(state)]));
  }

  async totals(sql: SqlRunner): Promise<OutboxTotals> {
    const { rows } = await sql.executeSql(
      `SELECT count(*) AS accepted,
         count(*) FILTER (WHERE state = 'completed') AS delivered,
         count(*) FILTER (WHERE state < 'completed') AS pending,
         count(*) FILTER (WHERE state = 'failed') AS dead,
         count(*) FILTER (WHERE state = 'cancelled') AS removed,
         min((data->>'acceptedAt')::bigint) FILTER (WHERE state < 'completed') AS oldest
       FROM ${this.#table} WHERE name = $1`,
      [this.#queue],
    );
    const { oldest, ...counts } = rows[0] as Record<
      "accepted" | "delivered" | "pending" | "dead" | "removed",
      string
    > & {
      oldest: string | null;
    };
    return {
      accepted: Number(counts.accepted),
      delivered: Number(counts.delivered),
      pending: Number(counts.pending),
      dead: Number(counts.dead),
      removed: Number(counts.removed),
      oldestPendingAt: oldest === null ? undefined : Number(oldest),
    };
  }
}

/** What pg-boss keeps of a job. */
export function dataOf({ key, kind, orderNumber, body, acceptedAt }: OutboxJob): JobData {
  return { key, kind, orderNumber, body, acceptedAt, attempts: 0 };
}

/** The job in what pg-boss keeps of it. */
export function claimedOf(data: unknown): ClaimedJob {
  const { key, kind, orderNumber, body, acceptedAt, attempts } = data as JobData;
  return { key, kind, orderNumber, body, acceptedAt, attempts };
}

function standingOf(state: string): Standing {
  const settled = state === "failed" || state === "cancelled" ? "dead" : "pending";
  return { state: state === "completed" ? "delivered" : settled, isLetter: state === "failed" };
}

/** A key's first half, as the UUID by which pg-boss knows the job. What is no key is nobody's. */
export function idOf(key: string): string {
  const [, ...groups] = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})/.exec(key) ?? [];
  return groups.length > 0 ? groups.join("-") : "00000000-0000-0000-0000-000000000000";
}

// A job that pg-boss itself gave up has pg-boss's own words.
function reasonOf(output: unknown): DeadReason {
  const reason = output as Partial<DeadReason> | null;
  if (typeof reason?.code === "string" && typeof reason.message === "string") return reason as DeadReason;
  return { code: "unexpected", message: `pg-boss gave it up: ${JSON.stringify(output)}` };
}
