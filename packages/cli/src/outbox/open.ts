import { stat } from "node:fs/promises";
import type { AvantLinkError, Outbox } from "@avantlink-s2s/core";
import { clock } from "../clock.ts";
import { CommandError, EXIT } from "../exit.ts";
import { codeOf } from "../json-file.ts";
import type { OutboxChoice } from "./options.ts";
import { outboxOnPostgres, outboxOnRedis } from "./servers.ts";

/** An outbox that a command works on. */
export interface OpenOutbox {
  readonly outbox: Outbox;
  /** Where it is, without a password. */
  readonly place: string;
  /** What it told about itself since it was opened. */
  readonly problems: readonly AvantLinkError[];
  /** The server's settings that decide what survives a power cut, where it tells them. */
  settings?(): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

/** Whether any outbox was chosen. */
export function isChosen({ sqlite, redis, postgres }: OutboxChoice): boolean {
  return [sqlite, redis, postgres].some((one) => one !== undefined);
}

/** Opens the one outbox that was chosen. It must be there already: a mistyped name shall not make an empty one. */
export async function openOutbox(choice: OutboxChoice): Promise<OpenOutbox> {
  const { outbox, place, settings, release } = await chosen(choice);
  const problems: AvantLinkError[] = [];
  try {
    await outbox.open(clock, (problem) => problems.push(problem));
  } catch (cause) {
    await release();
    throw cause;
  }
  return {
    outbox,
    place,
    problems,
    ...(settings && { settings }),
    async close() {
      await outbox.close();
      await release();
    },
  };
}

/** Opens it for as long as the work takes. */
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

/** An outbox, not opened yet. */
export interface FoundOutbox {
  readonly outbox: Outbox;
  readonly place: string;
  settings?: NonNullable<OpenOutbox["settings"]>;
  /** Lets go of what the outbox was given. */
  release(): Promise<void>;
}

async function chosen({ sqlite, redis, postgres, queue, schema }: OutboxChoice): Promise<FoundOutbox> {
  const [only, ...others] = [
    sqlite !== undefined && (() => inFile(sqlite)),
    redis !== undefined && (() => outboxOnRedis({ url: redis, queue })),
    postgres !== undefined && (() => outboxOnPostgres({ url: postgres, queue, schema })),
  ].filter((find) => find !== false);
  if (only && others.length === 0) return only();
  throw new CommandError(
    EXIT.usage,
    only ? "More than one outbox is named." : "No outbox is named.",
    "Name one: --sqlite PATH, --redis URL or --postgres URL.",
  );
}

async function inFile(path: string): Promise<FoundOutbox> {
  try {
    if (!(await stat(path)).isFile()) throw new CommandError(EXIT.usage, `${path} is not a file.`);
  } catch (cause) {
    if (cause instanceof CommandError) throw cause;
    if (codeOf(cause) === "ENOENT") {
      throw new CommandError(
        EXIT.usage,
        `There is no file ${path}.`,
        "Give the path that the shop's outbox has as --sqlite. A shop makes the file when it first starts.",
        cause,
      );
    }
    throw new CommandError(EXIT.unreachable, `${path} cannot be opened (${codeOf(cause)}).`, "", cause);
  }
  const { sqliteOutbox } = await import("@avantlink-s2s/outbox/sqlite");
  return { outbox: sqliteOutbox({ path }), place: path, release: async () => {} };
}
