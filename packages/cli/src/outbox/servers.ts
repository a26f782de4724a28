import { AvantLinkError } from "@avantlink-s2s/core";
import { CommandError, EXIT } from "../exit.ts";
import { codeOf } from "../json-file.ts";
import type { FoundOutbox } from "./open.ts";
import { isInRedis } from "./redis-queue.ts";

// What the outboxes themselves call a queue that the shop gives no name.
const DEFAULT_QUEUE = { redis: "orders", postgres: "avantlink-orders" } as const;

/** An outbox on a server. */
export interface ServerAddress {
  readonly url: string;
  readonly queue: string | undefined;
  readonly schema?: string | undefined;
}

/** The outbox that BullMQ keeps in a Redis. */
export async function outboxOnRedis({
  url,
  queue = DEFAULT_QUEUE.redis,
}: ServerAddress): Promise<FoundOutbox> {
  const place = placeOf(url, ["redis:", "rediss:"], "redis://localhost:6379");
  const { bullmqOutbox } = await import("@avantlink-s2s/outbox/bullmq");
  const outbox = bullmqOutbox({ connection: url, queue });
  const isThere = await isInRedis(url, queue).catch((cause: unknown) => {
    if (cause instanceof AvantLinkError) throw cause;
    throw outOfReach(place, "Look at the address.", cause);
  });
  if (!isThere) throw noQueue(queue, place);
  return { outbox, place, release: async () => {} };
}

/** The outbox that pg-boss keeps in a PostgreSQL. The schema must be there: looking after it is the shop's. */
export async function outboxOnPostgres({
  url,
  queue = DEFAULT_QUEUE.postgres,
  schema,
}: ServerAddress): Promise<FoundOutbox> {
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
  const outbox = pgBossOutbox({ boss, queue });
  const release = async () => void (await boss.stop({ graceful: false }));
  let isThere: boolean;
  try {
    await boss.start();
    isThere = (await boss.getQueue(queue)) !== null;
  } catch (cause) {
    await release();
    throw outOfReach(place, "Look at the address, and at --schema where the shop gives pg-boss one.", cause);
  }
  if (!isThere) {
    await release();
    throw noQueue(queue, place);
  }
  return {
    outbox,
    place,
    async settings() {
      const { rows } = await boss
        .getDb()
        .executeSql("SELECT name, setting FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit')");
      return Object.fromEntries(rows.map(({ name, setting }) => [String(name), String(setting)]));
    },
    release,
  };
}

function outOfReach(place: string, help: string, cause: unknown): CommandError {
  return new CommandError(
    EXIT.unreachable,
    `${place} has no orders to be reached (${codeOf(cause)}).`,
    help,
    cause,
  );
}

function noQueue(queue: string, place: string): CommandError {
  return new CommandError(
    EXIT.usage,
    `There is no queue "${queue}" at ${place}.`,
    "Give the name that the shop's outbox has as --queue. A shop makes its queue when it first starts.",
  );
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
