/** What runs SQL: pg-boss's own pool, or a transaction of the shop's. */
export interface SqlRunner {
  executeSql(text: string, values?: unknown[]): Promise<{ readonly rows: unknown[] }>;
}

/** A job as pg-boss hands it out. Its `retryCount` tells one lease from the next. */
export interface BossJob {
  readonly id: string;
  readonly data: unknown;
  readonly retryCount: number;
}

/** What is used of a `PgBoss`. */
export interface Boss {
  createQueue(name: string, options: object): Promise<unknown>;
  updateQueue(name: string, options: object): Promise<unknown>;
  fetch(
    name: string,
    options: { readonly batchSize: number; readonly includeMetadata: true },
  ): Promise<readonly BossJob[] | null>;
  getDb(): SqlRunner;
  on(event: "error", listener: (cause: Error) => void): unknown;
  off(event: "error", listener: (cause: Error) => void): unknown;
  listenerCount(event: "error"): number;
}

/** A transaction of the shop's: a client of `pg` that is inside one, or anything that runs SQL there. */
export type ShopTransaction =
  | SqlRunner
  | { query(text: string, values?: unknown[]): Promise<{ rows: unknown[] }> };

// A second checkout of the same order waits for the first one's transaction. Not for long: the shop waits too.
const LOCK_TIMEOUT_MS = 900;
const SAVEPOINT = "avantlink_order";
// The last order that each transaction was given. Under savepoints that overlap, one that failed would undo others.
const lastIn = new WeakMap<ShopTransaction, Promise<unknown>>();

/**
 * Runs something inside the shop's transaction, under a savepoint: when it fails, the transaction is as it was
 * before, and the shop may go on with it.
 */
export async function underSavepoint<T>(
  transaction: ShopTransaction,
  work: (sql: SqlRunner) => Promise<T>,
): Promise<T> {
  if (typeof transaction !== "object" || transaction === null) throw new Error("that is no transaction");
  const before = lastIn.get(transaction);
  const done = (async () => {
    await before;
    return workUnderSavepoint(transaction, work);
  })();
  lastIn.set(
    transaction,
    done.catch(() => {}),
  );
  return done;
}

async function workUnderSavepoint<T>(
  transaction: ShopTransaction,
  work: (sql: SqlRunner) => Promise<T>,
): Promise<T> {
  const sql: SqlRunner = isRunner(transaction)
    ? transaction
    : { executeSql: (text, values) => transaction.query(text, values) };
  await sql.executeSql(`SAVEPOINT ${SAVEPOINT}`);
  try {
    const { rows } = await sql.executeSql("SELECT current_setting('lock_timeout') AS before");
    await setLockTimeout(sql, `${LOCK_TIMEOUT_MS}ms`);
    const result = await work(sql);
    await setLockTimeout(sql, (rows[0] as { before: string }).before);
    await sql.executeSql(`RELEASE SAVEPOINT ${SAVEPOINT}`);
    return result;
  } catch (cause) {
    // A connection that is gone, or cannot be asked any more, has lost its transaction anyway.
    await sql
      .executeSql(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`)
      .then(() => sql.executeSql(`RELEASE SAVEPOINT ${SAVEPOINT}`))
      .catch(() => {});
    throw cause;
  }
}

/** What of the server's own settings may lose what it took, in words. */
export async function weaknesses(sql: SqlRunner): Promise<readonly string[]> {
  const { rows } = await sql.executeSql(
    "SELECT name FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit') AND setting = 'off' ORDER BY name",
  );
  return (rows as { name: string }[]).map(
    ({ name }) => `${name} is off: a power cut loses orders; set it to on`,
  );
}

function setLockTimeout(sql: SqlRunner, value: string): Promise<unknown> {
  return sql.executeSql("SELECT set_config('lock_timeout', $1, true)", [value]);
}

function isRunner(transaction: ShopTransaction): transaction is SqlRunner {
  return "executeSql" in transaction && typeof transaction.executeSql === "function";
}
