import { createWriteStream } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type OrderRecord, type Sandbox, startSandbox } from "@avantlink-s2s/sandbox";
import { type Finished, startCommand } from "../support/command-line.ts";
import { aContext, anOrder, MERCHANT_ID } from "../support/orders.ts";

/** How a backfill goes. */
export interface BackfillRun {
  readonly orders: number;
  /** How it is broken off, one after another, at equal distances. */
  readonly breaks: readonly ("SIGKILL" | "SIGINT")[];
  /** Orders a second. @default 5000 */
  readonly rate?: number;
  /** Calls at a time. @default 20 */
  readonly concurrency?: number;
  /** Called a few times a second. */
  readonly progress?: (received: number, residentMiB: number) => void;
}

/** What came of it, by what the sandbox received. */
export interface BackfillReport {
  readonly seconds: number;
  /** How each run ended: its exit code, or nothing when it was killed. */
  readonly exits: readonly (number | null)[];
  /** Calls with an order. */
  readonly received: number;
  /** Orders that arrived more than once: their requests were open during a kill. */
  readonly repeated: readonly string[];
  /** Orders that did not arrive. */
  readonly missing: readonly string[];
  /** Orders that the last run's report does not count. */
  readonly unreported: number;
  /** The command's memory in MiB: the median of each tenth of the orders; empty where the system does not report it. */
  readonly residentMiB: readonly number[];
}

const POLL_MS = 200;
const TENTHS = 10;

/** Sends a file of orders while the process is broken off and started again; judges by what arrived. */
export async function backfillRun(run: BackfillRun): Promise<BackfillReport> {
  const folder = await mkdtemp(join(tmpdir(), "avantlink-backfill-"));
  const sandbox = await startSandbox({ maxRecords: 2 * run.orders });
  try {
    const file = join(folder, "orders.ndjson");
    await pipeline(Readable.from(lines(run.orders)), createWriteStream(file));
    return await sendAll(run, file, sandbox);
  } finally {
    await sandbox.close();
    await rm(folder, { recursive: true });
  }
}

async function sendAll(run: BackfillRun, file: string, sandbox: Sandbox): Promise<BackfillReport> {
  const started = performance.now();
  const env = { AVANTLINK_MERCHANT_ID: MERCHANT_ID, AVANTLINK_ENDPOINT: sandbox.url };
  const samples: number[][] = Array.from({ length: TENTHS }, () => []);
  const exits: (number | null)[] = [];

  async function sendUntil(count: number, how: "SIGKILL" | "SIGINT" | undefined): Promise<Finished> {
    const { process: child, finished } = startCommand(
      ["backfill", file, "--send", "--yes", "--json", "--rate", `${run.rate ?? 5_000}`].concat(
        "--concurrency",
        `${run.concurrency ?? 20}`,
      ),
      { env },
    );
    let signaled = false;
    const looking = setInterval(async () => {
      const received = sandbox.orders.length;
      const resident = await residentMiB(child.pid);
      if (resident > 0)
        samples[Math.min(TENTHS - 1, Math.floor((received / run.orders) * TENTHS))]?.push(resident);
      run.progress?.(received, resident);
      if (how === undefined || signaled || received < count) return;
      signaled = true;
      child.kill(how);
    }, POLL_MS);
    const ended = await finished;
    clearInterval(looking);
    exits.push(ended.code);
    return ended;
  }

  for (const [index, how] of run.breaks.entries()) {
    await sendUntil(((index + 1) * run.orders) / (run.breaks.length + 1), how);
  }
  const { stdout, stderr } = await sendUntil(run.orders, undefined);
  if (stdout === "") throw new Error(`The last run printed nothing. ${stderr}`);
  const { sent } = JSON.parse(stdout);
  const { repeated, arrived } = arrivalsAt(sandbox);
  return {
    seconds: Math.round((performance.now() - started) / 1000),
    exits,
    received: sandbox.orders.length,
    repeated,
    missing: numbers(run.orders).filter((number) => !arrived.has(number)),
    unreported: run.orders - sent.delivered - sent.knownBefore,
    residentMiB: samples.filter((tenth) => tenth.length > 0).map(median),
  };
}

/** Whether every order arrived, and at most the requests that were open during a kill arrived again. */
export function isClean({ repeated, missing, unreported, exits }: BackfillReport, run: BackfillRun): boolean {
  const kills = run.breaks.filter((how) => how === "SIGKILL").length;
  const endedAsAsked = run.breaks.every((how, index) => exits[index] === (how === "SIGINT" ? 130 : null));
  const maxRepeated = kills * (run.concurrency ?? 20);
  return endedAsAsked && missing.length + unreported === 0 && repeated.length <= maxRepeated;
}

function arrivalsAt({ orders }: Sandbox): {
  readonly arrived: ReadonlySet<string>;
  readonly repeated: readonly string[];
} {
  const arrived = new Set<string>();
  const repeated = new Set<string>();
  for (const record of orders) {
    const number = numberOf(record);
    (arrived.has(number) ? repeated : arrived).add(number);
  }
  return { arrived, repeated: [...repeated] };
}

function numberOf({ body }: OrderRecord): string {
  return (body as { order: { order_number: string } }).order.order_number;
}

function numbers(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${index + 1}`);
}

function* lines(count: number): Generator<string> {
  const order = { ...anOrder(), context: aContext() };
  for (const orderNumber of numbers(count)) yield `${JSON.stringify({ ...order, orderNumber })}\n`;
}

/** What a process keeps in memory, as Linux reports it; 0 on other systems, or when the process is gone. */
async function residentMiB(pid = 0): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024);
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
