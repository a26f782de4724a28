import { Option } from "@commander-js/extra-typings";

/** Which outbox; exactly one is given. */
export interface OutboxChoice {
  readonly sqlite?: string | undefined;
  readonly redis?: string | undefined;
  readonly postgres?: string | undefined;
  /** The queue's name in Redis or PostgreSQL, where the shop has given it one. */
  readonly queue?: string | undefined;
  /** The schema that pg-boss works in, where the shop has given it one. */
  readonly schema?: string | undefined;
}

export const sqliteOption = new Option("--sqlite <path>", "the outbox in this SQLite file");
export const redisOption = new Option("--redis <url>", "the outbox in this Redis, as BullMQ keeps it");
export const postgresOption = new Option(
  "--postgres <url>",
  "the outbox in this PostgreSQL, as pg-boss keeps it",
);
export const queueOption = new Option(
  "--queue <name>",
  "the queue's name there, if the shop has given it one",
);
export const schemaOption = new Option("--schema <name>", "pg-boss's schema, if the shop has given it one");
