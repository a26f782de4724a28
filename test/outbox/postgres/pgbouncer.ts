import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "pg";
import { freePort } from "../../support/free-port.ts";

const PROGRAM = "/usr/sbin/pgbouncer";

/** Why there is no PgBouncer; in CI there must be. */
export async function pgbouncerIsMissing(): Promise<string | undefined> {
  if (existsSync(PROGRAM)) return undefined;
  if (process.env.CI) throw new Error("The tests need PgBouncer.");
  return "PgBouncer is not installed";
}

/** A PgBouncer in transaction mode before a PostgreSQL: each transaction has whichever of three connections. */
export async function startPgbouncer(
  target: string,
): Promise<{ readonly url: string; end(): Promise<void> }> {
  const { hostname, port, pathname, username } = new URL(target);
  const folder = await mkdtemp(join(tmpdir(), "avantlink-pgbouncer-"));
  const database = pathname.slice(1) || "postgres";
  const user = username || "postgres";
  const listen = await freePort();
  const settings = join(folder, "pgbouncer.ini");
  await writeFile(
    settings,
    `[databases]
${database} = host=${hostname} port=${port || 5432} dbname=${database} user=${user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${listen}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 3
max_client_conn = 200
ignore_startup_parameters = extra_float_digits
`,
  );
  await chmod(folder, 0o755);
  // PgBouncer refuses to run as the administrator.
  const as = userInfo().uid === 0 ? ["-u", "postgres"] : [];
  const running = spawn(PROGRAM, [...as, settings], { stdio: "ignore", cwd: folder });
  const url = `postgres://${user}@127.0.0.1:${listen}/${database}`;
  while (!(await answers(url))) {
    if (running.exitCode !== null) throw new Error(`PgBouncer ended with ${running.exitCode}.`);
    await pause(20);
  }
  return {
    url,
    async end() {
      const exited = once(running, "exit");
      running.kill("SIGKILL");
      await exited;
      await rm(folder, { recursive: true });
    },
  };
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new Client({ connectionString });
  client.on("error", () => {});
  return client
    .connect()
    .then(() => true)
    .catch(() => false)
    .finally(() => client.end().catch(() => {}));
}
