import type { AvantLinkError, Outbox } from "@avantlink-s2s/core";
import { systemRuntime } from "@avantlink-s2s/core/adapter";
import { CommandError, EXIT } from "../exit-codes.ts";
import { chosenOutbox, NAME_AN_OUTBOX, type OutboxChoice } from "../options/outbox-options.ts";
import { outboxOnPostgres } from "./postgres-server.ts";
import { outboxOnRedis } from "./redis-server.ts";
import type { FoundOutbox } from "./server-address.ts";
import { outboxInFile } from "./sqlite-file.ts";

/** An open outbox. */
export interface OpenOutbox extends Omit<FoundOutbox, "release"> {
  /** What the outbox reported since it was opened. */
  readonly problems: readonly AvantLinkError[];
  close(): Promise<void>;
}

/** Whether an outbox was chosen. */
export function isChosen(options: OutboxChoice): boolean {
  const { sqlite, redis, postgres } = chosenOutbox(options);
  return [sqlite, redis, postgres].some((one) => one !== undefined);
}

/** Opens the chosen outbox. It must exist: a mistyped name shall not create an empty one. */
export async function openOutbox(choice: OutboxChoice): Promise<OpenOutbox> {
  const { release, ...found } = await find(choice);
  const problems: AvantLinkError[] = [];
  try {
    await found.outbox.open(systemRuntime, (problem) => problems.push(problem));
  } catch (cause) {
    await release();
    throw cause;
  }
  return {
    ...found,
    problems,
    async close() {
      await found.outbox.close();
      await release();
    },
  };
}

/** Opens the chosen outbox for the time of the work. */
export async function withOutbox<T>(
  choice: OutboxChoice,
  work: (outbox: Outbox, opened: OpenOutbox) => Promise<T>,
): Promise<T> {
  const opened = await openOutbox(choice);
  try {
    return await work(opened.outbox, opened);
  } finally {
    await opened.close();
  }
}

async function find(options: OutboxChoice): Promise<FoundOutbox> {
  const { sqlite, redis, postgres, queue, schema } = chosenOutbox(options);
  const [only, ...others] = [
    sqlite !== undefined && (() => outboxInFile(sqlite)),
    redis !== undefined && (() => outboxOnRedis({ url: redis, queue })),
    postgres !== undefined && (() => outboxOnPostgres({ url: postgres, schema })),
  ].filter((find) => find !== false);
  if (only && others.length === 0) return only();
  throw new CommandError(
    EXIT.usage,
    only ? "More than one outbox is named." : "No outbox is named.",
    NAME_AN_OUTBOX,
  );
}
