import { CommandError, EXIT } from "../exit-codes.ts";
import type { FoundOutbox } from "./found-outbox.ts";
import { cannotConnect, noQueue, placeOf, type ServerAddress } from "./server-address.ts";

// The name that pgBossOutbox gives a queue by default.
const DEFAULT_QUEUE = "avantlink-orders";

/** The outbox that pg-boss keeps in a PostgreSQL. Its schema must exist: creating it is the shop's task. */
export async function outboxOnPostgres({
  url,
  queue = DEFAULT_QUEUE,
  schema,
}: ServerAddress & { readonly schema: string | undefined }): Promise<FoundOutbox> {
  const place = placeOf(url, ["postgres:", "postgresql:"], "postgres://localhost/shop");
  const { PgBoss } = await installed(() => import("pg-boss"));
  const { pgBossOutbox } = await import("@avantlink-s2s/outbox/pg-boss");
  const boss = new PgBoss({
    connectionString: url,
    migrate: false,
    supervise: false,
    schedule: false,
    ...(schema !== undefined && { schema }),
  });
  // pg-boss repeats every error as a rejection of the call.
  boss.on("error", () => {});
  const outbox = pgBossOutbox({ boss, queue });
  const release = async () => void (await boss.stop({ graceful: false }));
  let isThere: boolean;
  try {
    await boss.start();
    isThere = (await boss.getQueue(queue)) !== null;
  } catch (cause) {
    await release();
    throw cannotConnect(place, "PostgreSQL", cause);
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

async function installed<T>(load: () => Promise<T>): Promise<T> {
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
