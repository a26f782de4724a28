import type { Outbox } from "@avantlink-s2s/core";
import { CommandError, EXIT } from "../exit.ts";
import { codeOf } from "../json-file.ts";
import type { FoundOutbox } from "./open.ts";

/** The outbox that BullMQ keeps in a Redis. */
export async function outboxOnRedis(url: string, queue: string | undefined): Promise<FoundOutbox> {
  const place = placeOf(url, ["redis:", "rediss:"], "redis://localhost:6379");
  const { bullmqOutbox } = await import("@avantlink-s2s/outbox/bullmq");
  return { outbox: bullmqOutbox({ connection: url, queue }), place, release: async () => {} };
}

// In variables, since neither is there unless the shop uses them.
const PG_BOSS: string = "pg-boss";
const PG_BOSS_OUTBOX: string = "@avantlink-s2s/outbox/pg-boss";

interface Boss {
  start(): Promise<unknown>;
  stop(options: { readonly graceful: boolean }): Promise<unknown>;
  on(event: "error", listener: () => void): unknown;
}

/** The outbox that pg-boss keeps in a PostgreSQL. */
export async function outboxOnPostgres(url: string, queue: string | undefined): Promise<FoundOutbox> {
  const place = placeOf(url, ["postgres:", "postgresql:"], "postgres://localhost/shop");
  const { PgBoss }: { PgBoss: new (url: string) => Boss } = await present(() => import(PG_BOSS));
  const { pgBossOutbox }: { pgBossOutbox: (options: { boss: Boss; queue?: string | undefined }) => Outbox } =
    await present(() => import(PG_BOSS_OUTBOX));
  const boss = new PgBoss(url);
  // It tells the same again as a rejection to whoever asked.
  boss.on("error", () => {});
  try {
    await boss.start();
  } catch (cause) {
    throw new CommandError(EXIT.unreachable, `${place} cannot be reached (${codeOf(cause)}).`, "", cause);
  }
  const release = async () => void (await boss.stop({ graceful: false }));
  return { outbox: pgBossOutbox({ boss, queue }), place, release };
}

async function present<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    throw new CommandError(
      EXIT.unreachable,
      "An outbox on PostgreSQL needs pg-boss, which is not installed here.",
      "Install avantlink-s2s in the shop itself, beside its pg-boss: npm install --save-dev avantlink-s2s",
      cause,
    );
  }
}

/** An address as it may be shown: its password is nobody's business. */
function placeOf(url: string, protocols: readonly string[], example: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !protocols.includes(parsed.protocol)) {
    throw new CommandError(
      EXIT.usage,
      "This is not the address of such a server.",
      `Expected one like ${example}.`,
    );
  }
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}
