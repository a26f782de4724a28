import { CommandError, EXIT } from "../exit.ts";
import { codeOf } from "../json-file.ts";
import type { FoundOutbox } from "./open.ts";

/** An outbox on a server. */
export interface ServerAddress {
  readonly url: string;
  readonly queue: string | undefined;
  readonly schema?: string | undefined;
}

/** The outbox that BullMQ keeps in a Redis. */
export async function outboxOnRedis({ url, queue }: ServerAddress): Promise<FoundOutbox> {
  const place = placeOf(url, ["redis:", "rediss:"], "redis://localhost:6379");
  const { bullmqOutbox } = await import("@avantlink-s2s/outbox/bullmq");
  return { outbox: bullmqOutbox({ connection: url, queue }), place, release: async () => {} };
}

/** The outbox that pg-boss keeps in a PostgreSQL. The schema must be there: looking after it is the shop's. */
export async function outboxOnPostgres({ url, queue, schema }: ServerAddress): Promise<FoundOutbox> {
  const place = placeOf(url, ["postgres:", "postgresql:"], "postgres://localhost/shop");
  const { PgBoss } = await present(() => import("pg-boss"));
  const { pgBossOutbox } = await import("@avantlink-s2s/outbox/pg-boss");
  const boss = new PgBoss({
    connectionString: url,
    migrate: false,
    supervise: false,
    schedule: false,
    ...(schema !== undefined && { schema }),
  });
  // It tells the same again as a rejection to whoever asked.
  boss.on("error", () => {});
  try {
    await boss.start();
  } catch (cause) {
    throw new CommandError(
      EXIT.unreachable,
      `${place} has no orders to be reached (${codeOf(cause)}).`,
      "Look at the address, and at --schema where the shop gives pg-boss one.",
      cause,
    );
  }
  return {
    outbox: pgBossOutbox({ boss, queue }),
    place,
    async settings() {
      const { rows } = await boss
        .getDb()
        .executeSql("SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit')");
      return Object.fromEntries(rows.map(({ name, setting }) => [String(name), String(setting)]));
    },
    release: async () => void (await boss.stop({ graceful: false })),
  };
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
