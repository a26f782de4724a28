import { CommandError, EXIT } from "../exit.ts";
import type { FoundOutbox } from "./open.ts";

/** The outbox that BullMQ keeps in a Redis. */
export async function outboxOnRedis(_url: string): Promise<FoundOutbox> {
  throw notYet("Redis");
}

/** The outbox that pg-boss keeps in a PostgreSQL. */
export async function outboxOnPostgres(_url: string): Promise<FoundOutbox> {
  throw notYet("PostgreSQL");
}

function notYet(what: string): CommandError {
  return new CommandError(EXIT.usage, `This version cannot open an outbox on ${what} yet.`);
}
