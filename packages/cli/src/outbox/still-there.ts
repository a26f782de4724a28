import type { DeadLetter, Outbox } from "@avantlink-s2s/core";
import { CommandError, EXIT } from "../exit-codes.ts";

// Between the look at a letter and the deed a person may sit for minutes, and somebody else may be quicker.

/** Puts a letter back among the pending orders, with another body if one is given. Fails if it is gone. */
export async function retryLetter(outbox: Outbox, { key }: DeadLetter, body?: string): Promise<void> {
  if (!(await outbox.dead.retry(key, body === undefined ? undefined : { body }))) throw gone("put back");
}

/** Erases a letter. Fails if it is gone. */
export async function removeLetter(outbox: Outbox, { key }: DeadLetter): Promise<void> {
  if (!(await outbox.dead.remove(key))) throw gone("removed");
}

function gone(done: string): CommandError {
  return new CommandError(
    EXIT.wrong,
    "There is no such dead letter any more.",
    `Nothing was ${done}: it was retried or removed meanwhile, and may have been sent. \`avantlink-s2s outbox list\` shows what is left.`,
  );
}
