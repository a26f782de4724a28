import { Option } from "@commander-js/extra-typings";
import { CommandError, EXIT } from "../exit-codes.ts";

/** The outbox of a command, as given. */
export interface OutboxChoice {
  readonly sqlite?: string | undefined;
  readonly redis?: string | undefined;
  readonly postgres?: string | undefined;
  /** The queue's name in Redis, if the shop has given it one. */
  readonly queue?: string | undefined;
  /** The schema in PostgreSQL, if the shop has given it one. */
  readonly schema?: string | undefined;
}

export const sqliteOption = new Option("--sqlite <path>", "the outbox in this SQLite file");
export const redisOption = new Option("--redis <url>", "the outbox in this Redis");
export const postgresOption = new Option("--postgres <url>", "the outbox in this PostgreSQL");
export const queueOption = new Option(
  "--queue <name>",
  "the queue's name in Redis, if the shop has given it one",
);
export const schemaOption = new Option(
  "--schema <name>",
  "the schema in PostgreSQL, if the shop has given it one",
);

export const NAME_AN_OUTBOX =
  "Name one: --sqlite PATH, --redis URL or --postgres URL. Or set AVANTLINK_OUTBOX to sqlite:PATH, redis://… or postgres://…, which keeps a password out of the process list.";

/** The chosen outbox: by the options, otherwise by AVANTLINK_OUTBOX. */
export function chosenOutbox(
  options: OutboxChoice,
  env: Readonly<Record<string, string | undefined>> = process.env,
): OutboxChoice {
  const { sqlite, redis, postgres, queue, schema } = options;
  const named = env.AVANTLINK_OUTBOX?.trim() ?? "";
  if (named === "" || [sqlite, redis, postgres].some((one) => one !== undefined)) return options;
  const [scheme = "", rest = ""] = [named.split(":", 1)[0], named.slice(named.indexOf(":") + 1)];
  if (scheme === "sqlite" && rest !== "") return { sqlite: rest.replace(/^\/\/(?=\/)/, ""), queue, schema };
  if (/^rediss?$/.test(scheme)) return { redis: named, queue, schema };
  if (/^postgres(?:ql)?$/.test(scheme)) return { postgres: named, queue, schema };
  throw new CommandError(
    EXIT.usage,
    "AVANTLINK_OUTBOX names no outbox.",
    "Expected sqlite:PATH, redis://… or postgres://….",
  );
}
