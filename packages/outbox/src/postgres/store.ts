import type {
  AcceptedRange,
  CorrectedJob,
  DeadLetter,
  DeadReason,
  ForgetResult,
  OutboxJob,
  OutboxRecord,
  OutboxTotals,
  PendingRecord,
  PutResult,
  Verdict,
} from "@avantlink-s2s/core";
import {
  columnsOf,
  duplicateOf,
  leasedOf,
  letterOf,
  notForgotten,
  pendingOf,
  type RowLease,
  recordOf,
  revivedOf,
  settledOf,
  settlement,
  totalsOf,
} from "../job-row.ts";
import type { Leased } from "../lease-worker.ts";
import type { PostgresRow, Run } from "./client.ts";
import { statements } from "./sql.ts";

// https://www.postgresql.org/docs/current/errcodes-appendix.html: lock_not_available.
const LOCKED = "55P03";
// How long a batch waits for one of its orders whose number an open transaction of the shop's holds, how long its halves
// do, and how long that order does by itself.
const BATCH_LOCK = "400ms";
const HALF_LOCK = "20ms";
const HELD_LOCK = "2000ms";
// How often old keys are dropped, and jobs looked for that were scheduled by a clock that has been set back since.
const TEND_MS = 60_000;
// PostgreSQL's text holds neither.
const UNSTORABLE = /[\0\p{Surrogate}]/gu;

/** A job to be put, with the reason if it is a dead letter from the start. */
export interface JobToPut {
  readonly job: OutboxJob;
  readonly dead?: DeadReason | undefined;
}

/** A leased job of this store. */
export type PostgresLease = Leased<RowLease>;

/** The jobs in a database. Each call takes the connection that it runs on, or several, one statement each. */
export class PostgresStore {
  readonly #sql: ReturnType<typeof statements>;
  #tendedAt = Number.NEGATIVE_INFINITY;

  constructor(schema: string) {
    this.#sql = statements(schema);
  }

  /**
   * Stores jobs, each once its key. Gives nothing for a job whose key an open transaction holds: halves find it, so that
   * the others do not wait for it.
   */
  async putBatch(
    run: Run,
    batch: readonly JobToPut[],
    lockTimeout = BATCH_LOCK,
  ): Promise<readonly (PutResult | undefined)[]> {
    try {
      return await this.putAll(run, batch, lockTimeout);
    } catch (cause) {
      if (Reflect.get(Object(cause), "code") !== LOCKED) throw cause;
      if (batch.length === 1) return [undefined];
      const half = Math.ceil(batch.length / 2);
      const first = await this.putBatch(run, batch.slice(0, half), HALF_LOCK);
      return [...first, ...(await this.putBatch(run, batch.slice(half), HALF_LOCK))];
    }
  }

  async putOne(run: Run, one: JobToPut, lockTimeout: string): Promise<PutResult> {
    const [result] = await this.putAll(run, [one], lockTimeout);
    return result ?? { status: "duplicate", state: "pending" };
  }

  async putAll(run: Run, batch: readonly JobToPut[], lockTimeout = HELD_LOCK): Promise<readonly PutResult[]> {
    const first = new Map<string, JobToPut>();
    for (const one of batch) if (!first.has(one.job.key)) first.set(one.job.key, one);
    const accepted = new Set(keysIn(await run(this.#sql.put, [rowsFor([...first.values()]), lockTimeout])));
    const isAccepted = (one: JobToPut) => first.get(one.job.key) === one && accepted.has(one.job.key);
    const taken = batch.filter((one) => !isAccepted(one));
    const found =
      taken.length > 0
        ? await this.#findAll(
            run,
            taken.map(({ job }) => job.key),
          )
        : new Map();
    const results: PutResult[] = [];
    // One after the other: inside a transaction there is only one connection.
    for (const one of batch) {
      results.push(isAccepted(one) ? { status: "accepted" } : await this.#putAgain(run, one, found));
    }
    return results;
  }

  async #putAgain(run: Run, one: JobToPut, found: ReadonlyMap<string, OutboxRecord>): Promise<PutResult> {
    const record = found.get(one.job.key);
    if (record?.status !== "dead") return duplicateOf(record);
    if ((await run(this.#sql.revive, [rowsFor([one]), null])).length > 0) return { status: "accepted" };
    return duplicateOf(await this.find(run, one.job.key));
  }

  async claim(run: Run, limit: number): Promise<PostgresLease[]> {
    return leasedOf(await run(this.#sql.claim, [`${limit}`]));
  }

  /** Whether it is time to tend the store again. */
  shouldTend(now: number): boolean {
    const isTime = Math.abs(now - this.#tendedAt) > TEND_MS;
    if (isTime) this.#tendedAt = now;
    return isTime;
  }

  async tendAndClaim(run: Run, limit: number): Promise<PostgresLease[]> {
    return leasedOf(await run(this.#sql.tendAndClaim, [`${limit}`]));
  }

  /** Applies verdicts where the lease is the job's newest. Returns whether it was, for each. */
  async settle(
    run: Run,
    settling: readonly { readonly leased: PostgresLease; readonly verdict: Verdict }[],
    now: number,
  ): Promise<readonly boolean[]> {
    const rows = settling.map(({ leased, verdict }) => ({
      key: leased.job.key,
      lease: leased.lease.number,
      ...settlement(leased, verdict, now),
    }));
    const settled = new Set(keysIn(await run(this.#sql.settle, [JSON.stringify(rows)])));
    return rows.map(({ key }) => settled.has(key));
  }

  async release(run: Run, held: readonly PostgresLease[]): Promise<void> {
    const rows = held.map(({ job, lease }) => ({ key: job.key, lease: lease.number }));
    await run(this.#sql.release, [JSON.stringify(rows)]);
  }

  async find(run: Run, key: string): Promise<OutboxRecord | undefined> {
    return (await this.#findAll(run, [key])).get(key);
  }

  async #findAll(run: Run, keys: readonly string[]): Promise<ReadonlyMap<string, OutboxRecord>> {
    const rows = await run(this.#sql.find, [JSON.stringify(keys)]);
    return new Map(rows.map((row) => [String(row.key), recordOf(row)]));
  }

  async waiting(run: Run, limit: number, offset: number): Promise<PendingRecord[]> {
    return (await run(this.#sql.waiting, [`${limit}`, `${offset}`])).map(pendingOf);
  }

  async letters(run: Run, limit: number, offset: number): Promise<DeadLetter[]> {
    return (await run(this.#sql.letters, [`${limit}`, `${offset}`])).map(letterOf);
  }

  /**
   * The settled records among the next jobs that were settled after a time in seconds, and when the last of those jobs
   * was, if there are any. A long list is asked for in parts, so that each is answered in time.
   */
  async settled(run: Run, { from, until }: AcceptedRange, after: string) {
    const [row] = await run(this.#sql.settledPart, [after]);
    const last = row?.last == null ? undefined : String(row.last);
    const range = [after, last ?? after, `${from}`, `${until}`];
    const rows = last === undefined ? [] : await run(this.#sql.settled, range);
    return { records: rows.map(settledOf), last };
  }

  /** Makes a letter a fresh job. Returns whether there was such a letter, and a body for it. */
  async retry(run: Run, key: string, now: number, corrected: CorrectedJob | undefined): Promise<boolean> {
    const [row] = await run(this.#sql.find, [JSON.stringify([key])]);
    const job = revivedOf(row && recordOf(row), corrected, now);
    if (!job) return false;
    return (await run(this.#sql.revive, [rowsFor([{ job }]), String(row?.lease)])).length > 0;
  }

  /** Returns whether there was such a letter. */
  async remove(run: Run, key: string): Promise<boolean> {
    return (await run(this.#sql.forget, [key, "false"])).length > 0;
  }

  async forget(run: Run, key: string): Promise<ForgetResult> {
    if ((await run(this.#sql.forget, [key, "true"])).length > 0) return { status: "removed" };
    return notForgotten(await this.find(run, key));
  }

  async totals(run: Run): Promise<OutboxTotals> {
    const [row] = await run(this.#sql.totals);
    return totalsOf(row);
  }
}

/** Jobs as the statements take them. */
function rowsFor(batch: readonly JobToPut[]): string {
  const rows = batch.map((one, place) => ({ key: one.job.key, ...columnsOf(one), place }));
  return JSON.stringify(rows.map((row) => ({ ...row, order_number: storable(row.order_number) })));
}

function storable(text: string): string {
  return text.replace(UNSTORABLE, "\ufffd");
}

function keysIn(rows: readonly PostgresRow[]): string[] {
  return rows.map(({ key }) => String(key));
}
