import type { DeadLetter, Outbox } from "@avantlink-s2s/core";
import { CommandError, EXIT } from "../exit-codes.ts";

// Another process may retry or remove a dead letter after this one has listed it.

/** Makes a dead letter wait for delivery again, with the corrected body if there is one. Throws if it is gone. */
export async function retryLetter(outbox: Outbox, { key }: DeadLetter, body?: string): Promise<void> {
  if (!(await outbox.dead.retry(key, body === undefined ? undefined : { body }))) throw gone("retried");
}

/** Erases a dead letter. Throws if it is gone. */
export async function removeLetter(outbox: Outbox, { key }: DeadLetter): Promise<void> {
  if (!(await outbox.dead.remove(key))) throw gone("removed");
}

function gone(done: string): CommandError {
  return new CommandError(
    EXIT.wrong,
    "This dead letter is gone.",
    `Nothing was ${done}. Another process has retried or removed the letter; \`avantlink-s2s outbox find ORDER\` shows what became of the order.`,
  );
}
