import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Redis } from "ioredis";
import { Client } from "pg";
import { freePort } from "./free-port.ts";

/** A server that a test may stop, kill and start again. */
export interface OwnServer {
  readonly url: string;
  /** Starts the server again, if it was stopped. */
  start(): Promise<void>;
  /** Ends the server, orderly or not, and waits for its end. Its files stay. */
  stop(signal?: "SIGTERM" | "SIGINT" | "SIGQUIT" | "SIGKILL"): Promise<void>;
  /** Ends the server and removes its files. */
  end(): Promise<void>;
}

/** How to start a server on a port and in a folder. */
interface Recipe {
  readonly prepare?: (folder: string) => void;
  readonly command: (folder: string, port: number) => readonly [file: string, ...args: string[]];
  readonly url: (port: number) => string;
  /** Whether the server executes commands; a server that only listens is not ready. */
  readonly isReady: (url: string) => Promise<boolean>;
}

/** PostgreSQL listens before it is ready. */
async function postgresIsReady(connectionString: string): Promise<boolean> {
  const client = new Client({ connectionString });
  client.on("error", () => {});
  return client
    .connect()
    .then(() => true)
    .catch(() => false)
    .finally(() => client.end().catch(() => {}));
}

async function redisIsReady(url: string): Promise<boolean> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on("error", () => {});
  // The client is ready once the server has read its own log.
  return client
    .connect()
    .then(() => true)
    .catch(() => false)
    .finally(() => client.disconnect());
}

const POSTGRES_HOME = "/usr/lib/postgresql";
// PostgreSQL does not run as root; root runs it as the user postgres.
const asPostgres = (...command: [string, ...string[]]): [string, ...string[]] =>
  userInfo().uid === 0
    ? ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", ...command]
    : command;

async function postgresPrograms(): Promise<string | undefined> {
  const versions = existsSync(POSTGRES_HOME) ? await readdir(POSTGRES_HOME) : [];
  const newest = versions.toSorted((a, b) => Number(b) - Number(a))[0];
  return newest && join(POSTGRES_HOME, newest, "bin");
}

const redisBy = (program: string, ...options: string[]): Recipe => ({
  command: (folder, port) => [
    program,
    ...["--port", `${port}`, "--bind", "127.0.0.1", "--dir", folder, "--save", ""],
    ...["--appendonly", "yes", "--appendfsync", "always", "--logfile", join(folder, "log")],
    ...options,
  ],
  url: (port) => `redis://127.0.0.1:${port}`,
  isReady: redisIsReady,
});
const redis = redisBy("redis-server");

function postgres(programs: string): Recipe {
  return {
    prepare(folder) {
      if (userInfo().uid === 0) execFileSync("chown", ["postgres", folder]);
      const [file, ...args] = asPostgres(
        join(programs, "initdb"),
        "-D",
        join(folder, "data"),
        "-U",
        "postgres",
        "-A",
        "trust",
      );
      execFileSync(file, args, { stdio: "ignore", cwd: folder });
    },
    command: (folder, port) =>
      asPostgres(
        join(programs, "postgres"),
        ...["-D", join(folder, "data"), "-p", `${port}`, "-k", folder, "-c", "listen_addresses=127.0.0.1"],
      ),
    url: (port) => `postgres://postgres@127.0.0.1:${port}/postgres`,
    isReady: postgresIsReady,
  };
}

/** A server, or several, or `undefined` where it is not installed. In CI it must be installed. */
export async function ifInstalled<T>(own: () => Promise<T>): Promise<T | undefined> {
  try {
    return await own();
  } catch (cause) {
    if (process.env.CI) throw cause;
    return undefined;
  }
}

/** A Redis of the test's own that loses nothing. */
export async function ownRedis(): Promise<OwnServer> {
  return ownServer(redis);
}

/** Two Redis that share the slots of a cluster. */
export async function ownRedisCluster(): Promise<readonly [OwnServer, OwnServer]> {
  const bus = `${await freePort()}`;
  const options = ["--cluster-enabled", "yes", "--cluster-port"];
  const first = await ownServer(redisBy("redis-server", ...options, bus));
  const second = await ownServer(redisBy("redis-server", ...options, `${await freePort()}`));
  const [one, two] = [new Redis(first.url), new Redis(second.url)];
  await one.call("CLUSTER", "ADDSLOTSRANGE", 0, 8_191);
  await two.call("CLUSTER", "ADDSLOTSRANGE", 8_192, 16_383);
  await two.call("CLUSTER", "MEET", "127.0.0.1", new URL(first.url).port, bus);
  for (const node of [one, two]) {
    while (!String(await node.call("CLUSTER", "INFO")).includes("cluster_state:ok")) await pause(20);
    node.disconnect();
  }
  return [first, second];
}

/** A PostgreSQL of the test's own. */
export async function ownPostgres(): Promise<OwnServer> {
  return ownServer(postgres((await postgresPrograms()) ?? ""));
}

async function ownServer(recipe: Recipe): Promise<OwnServer> {
  const folder = await mkdtemp(join(tmpdir(), "avantlink-server-"));
  const port = await freePort();
  recipe.prepare?.(folder);
  let running: ChildProcess | undefined;

  async function start(): Promise<void> {
    if (running) return;
    const [file, ...args] = recipe.command(folder, port);
    running = spawn(file, args, { stdio: "ignore", cwd: folder });
    let failure: Error | undefined;
    running.once("error", (error) => {
      failure = error;
    });
    while (!(await recipe.isReady(recipe.url(port)))) {
      if (failure) throw failure;
      if (running.exitCode !== null) throw new Error(`${file} ended with ${running.exitCode}.`);
      await pause(20);
    }
  }

  async function stop(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const ending = running;
    running = undefined;
    if (!ending || ending.exitCode !== null || ending.signalCode !== null) return;
    const exited = once(ending, "exit");
    ending.kill(signal);
    await exited;
  }

  await start();
  return {
    url: recipe.url(port),
    start,
    stop,
    async end() {
      await stop("SIGKILL");
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Whether a server listens on the port. */
async function answers(port: number, host = "127.0.0.1"): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await Promise.race([once(socket, "connect"), pause(1_000).then(() => Promise.reject(new Error("late")))]);
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** A server that tests may use but not stop, or why there is none. */
export type Service =
  | { readonly url: string; readonly end: () => Promise<void> }
  | { readonly missing: string };

/** Redis: REDIS_URL, else the server on this machine, else a server that is started here. */
export function redisService(): Promise<Service> {
  return service("REDIS_URL", redis.url(6379), 6379, "redis-server", ownRedis);
}

/** Valkey, where it is installed: a server that is started here. */
export async function valkeyService(): Promise<Service> {
  if (!isInstalled("valkey-server")) return { missing: "valkey-server is not installed" };
  return ownServer(redisBy("valkey-server"));
}

/** PostgreSQL: DATABASE_URL, else the server on this machine, else a server that is started here. */
export async function postgresService(): Promise<Service> {
  const programs = await postgresPrograms();
  const program = programs && join(programs, "postgres");
  return service("DATABASE_URL", postgres("").url(5432), 5432, program, ownPostgres);
}

async function service(
  variable: string,
  local: string,
  port: number,
  program: string | undefined,
  own: () => Promise<OwnServer>,
): Promise<Service> {
  const named = process.env[variable];
  if (named) return { url: named, async end() {} };
  if (await answers(port)) return { url: local, async end() {} };
  if (program && isInstalled(program)) return own();
  const missing = `no ${variable}, nothing on port ${port}, nothing installed to start`;
  if (process.env.CI) throw new Error(`The tests need a server: ${missing}.`);
  return { missing };
}

function isInstalled(program: string): boolean {
  if (program.startsWith("/")) return existsSync(program);
  return (process.env.PATH ?? "").split(":").some((folder) => existsSync(join(folder, program)));
}
