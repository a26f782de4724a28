import type { AvantLinkError } from "@avantlink-s2s/core";
import { systemRuntime } from "@avantlink-s2s/core/adapter";
import { CommandError, EXIT } from "../exit-codes.ts";
import { NAME_AN_OUTBOX, namedOutbox, type OutboxOptions } from "../options/outbox-options.ts";
import type { FoundOutbox } from "./found-outbox.ts";
import { outboxOnPostgres } from "./postgres-server.ts";
import { outboxOnRedis } from "./redis-server.ts";
import { outboxInFile } from "./sqlite-file.ts";

/** An open outbox. */
export interface OpenOutbox extends Omit<FoundOutbox, "release"> {
  /** What the outbox reported since it was opened. */
  readonly problems: readonly AvantLinkError[];
  close(): Promise<void>;
}

/** Opens the outbox that the options name. It must exist: a mistyped name shall not create an empty one. */
export async function openOutbox(options: OutboxOptions): Promise<OpenOutbox> {
  const { outbox, place, release } = await find(options);
  const problems: AvantLinkError[] = [];
  try {
    await outbox.open(systemRuntime, (problem) => problems.push(problem));
  } catch (cause) {
    await release?.();
    throw cause;
  }
  return {
    outbox,
    place,
    problems,
    async close() {
      await outbox.close();
      await release?.();
    },
  };
}

async function find(options: OutboxOptions): Promise<FoundOutbox> {
  const named = namedOutbox(options, process.env);
  switch (named?.kind) {
    case "sqlite":
      return outboxInFile(named.at);
    case "redis":
      return outboxOnRedis(named.at, options.queue);
    case "postgres":
      return outboxOnPostgres(named.at, options.schema);
    case undefined:
      throw new CommandError(EXIT.usage, "No outbox is named.", NAME_AN_OUTBOX);
  }
}

/** Opens the outbox that the options name for the time of the work. */
export async function withOutbox<T>(
  options: OutboxOptions,
  work: (opened: OpenOutbox) => Promise<T>,
): Promise<T> {
  const opened = await openOutbox(options);
  try {
    return await work(opened);
  } finally {
    await opened.close();
  }
}
