import { AvantLinkError } from "@avantlink-s2s/core";
import { type Run, runnerOf, textIn } from "./client.ts";

// A second checkout of the same order waits for the first one's transaction. Not for long: the shop waits too.
const LOCK_TIMEOUT = "900ms";
const SAVEPOINT = "avantlink_order";
// The last order that each transaction was given. Under savepoints that overlap, a failure would undo other orders.
const lastIn = new WeakMap<object, Promise<unknown>>();

/**
 * Runs something inside the shop's transaction, under a savepoint: when it fails, the transaction is as it was
 * before, and the shop may go on with it.
 */
export async function underSavepoint<T>(
  transaction: unknown,
  work: (run: Run, lockTimeout: string) => Promise<T>,
): Promise<T> {
  const run = runnerOf(transaction);
  if (!run) {
    const detail = "Give the transaction's client or its query function.";
    throw new AvantLinkError("outbox.no-transaction", { detail });
  }
  const before = lastIn.get(Object(transaction));
  const done = (async () => {
    await before;
    return workUnderSavepoint(run, work);
  })();
  lastIn.set(
    Object(transaction),
    done.catch(() => {}),
  );
  return done;
}

async function workUnderSavepoint<T>(
  run: Run,
  work: (run: Run, lockTimeout: string) => Promise<T>,
): Promise<T> {
  await run(`SAVEPOINT ${SAVEPOINT}`);
  try {
    const [before] = await run("SELECT current_setting('lock_timeout') AS lock_timeout");
    const lockTimeout = textIn(before, "lock_timeout");
    const result = await work(run, LOCK_TIMEOUT);
    await run("SELECT set_config('lock_timeout', $1::text, true)", [lockTimeout]);
    await run(`RELEASE SAVEPOINT ${SAVEPOINT}`);
    return result;
  } catch (cause) {
    // A connection that is gone, or cannot be asked any more, has lost its transaction anyway.
    await run(`ROLLBACK TO SAVEPOINT ${SAVEPOINT}`)
      .then(() => run(`RELEASE SAVEPOINT ${SAVEPOINT}`))
      .catch(() => {});
    throw cause;
  }
}
