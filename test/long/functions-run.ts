import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { DeliverDueReport } from "@avantlink-s2s/core";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { type NextServer, serve } from "../next/next-server.ts";
import { builtProject, type NextVersion } from "../next/project.ts";
import { freePort } from "../support/free-port.ts";

const ROOT = join(import.meta.dirname, "../..");
const AT_A_TIME = 3;
// Orders between two calls of the cron.
const CRON_EVERY = 5;
// Frozen functions that a platform keeps before it thaws the oldest.
const MAX_FROZEN = 2;
const MAX_LAST_WAKES = 20;

/** The plan of a run. */
export interface FunctionsRun {
  readonly next: NextVersion;
  /** A PostgreSQL, and a schema of this run's own. */
  readonly url: string;
  readonly schema: string;
  readonly orders: number;
}

/** The result of a run. */
export interface FunctionsReport {
  readonly accepted: number;
  /** Accepted orders that AvantLink does not have. */
  readonly missing: readonly string[];
  /** Orders that arrived more than once. */
  readonly repeats: readonly string[];
  readonly arrived: number;
  /** Calls of the cron, and the requests that met the outage. */
  readonly wakes: number;
  readonly refused: number;
}

/**
 * A shop on Next.js, built `standalone` and run as a platform of functions would: a process a request, killed or
 * frozen right after the response. A cron calls a route that delivers what is due. AvantLink is away for half of the
 * orders.
 */
export async function functionsRun({ next, url, schema, orders }: FunctionsRun): Promise<FunctionsReport> {
  const source = "test/next/standalone-shop";
  const { dir } = await builtProject({ source, next, config: { output: "standalone" } });
  const folder = mkdtempSync(join(tmpdir(), "next-functions-"));
  cpSync(join(dir, ".next/standalone"), folder, { recursive: true, verbatimSymlinks: true });
  const sandbox = await startSandbox();
  const accepted: string[] = [];
  const frozen: NextServer[] = [];
  let thawed: NextServer | undefined;
  let wakes = 0;

  /** Starts the shop. Another program may take the free port first: then on the next. */
  async function begin(attemptsLeft = 3): Promise<NextServer> {
    try {
      return await serve(["server.js"], join(folder, relative(ROOT, dir)), {
        HOSTNAME: "127.0.0.1",
        PORT: String(await freePort()),
        AVANTLINK_ENDPOINT: sandbox.url,
        DATABASE_URL: url,
        SCHEMA: schema,
      });
    } catch (cause) {
      if (attemptsLeft === 0 || !String(cause).includes("EADDRINUSE")) throw cause;
      return begin(attemptsLeft - 1);
    }
  }

  /** Answers one request in a process of its own. */
  async function invoke<Answer>(path: string, then: "kill" | "freeze"): Promise<Answer> {
    const server = await begin();
    const response = await fetch(`${server.url}${path}`);
    const answer = (await response.json()) as Answer;
    if (then === "freeze") {
      server.process.kill("SIGSTOP");
      frozen.push(server);
    } else await end(server);
    return answer;
  }

  async function end(server: NextServer | undefined): Promise<void> {
    server?.process.kill("SIGKILL");
    await server?.exited;
  }

  /** Thaws the oldest frozen function, as a next request would, and ends the one before. */
  async function thaw(): Promise<void> {
    const before = thawed;
    thawed = frozen.shift();
    thawed?.process.kill("SIGCONT");
    await end(before);
  }

  async function wake(): Promise<DeliverDueReport> {
    wakes += 1;
    return invoke("/deliver-due", "kill");
  }

  async function buy(number: number): Promise<void> {
    const orderNumber = `F-${number}`;
    const then = number % 3 === 0 ? "freeze" : "kill";
    const { status } = await invoke<{ readonly status: string }>(`/thank-you?order=${orderNumber}`, then);
    if (status === "accepted") accepted.push(orderNumber);
    if (frozen.length > MAX_FROZEN) await thaw();
    if (number % CRON_EVERY === 0) await wake();
  }

  try {
    let number = 0;
    async function shopper(): Promise<void> {
      while (number < orders) {
        number += 1;
        if (number === Math.floor(orders / 4)) sandbox.fail({ status: 503 });
        if (number === Math.floor((3 * orders) / 4)) sandbox.fail(null);
        await buy(number);
      }
    }
    await Promise.all(Array.from({ length: AT_A_TIME }, shopper));
    for (let last = 0; last < MAX_LAST_WAKES; last += 1) {
      const { delivered, retrying, timedOut } = await wake();
      if (delivered + retrying === 0 && !timedOut) break;
    }
    const times = new Map<string, number>();
    for (const { body } of sandbox.orders) {
      const { order_number } = (body as { readonly order: { readonly order_number: string } }).order;
      times.set(order_number, (times.get(order_number) ?? 0) + 1);
    }
    return {
      accepted: accepted.length,
      missing: accepted.filter((one) => !times.has(one)),
      repeats: [...times].filter(([, count]) => count > 1).map(([one]) => one),
      arrived: times.size,
      wakes,
      refused: sandbox.requests.filter(({ fault }) => fault !== undefined).length,
    };
  } finally {
    await Promise.all([...frozen, thawed].map(end));
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
