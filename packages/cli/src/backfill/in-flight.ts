import { closeSync, openSync, readFileSync, renameSync, rmSync, writeFileSync, writeSync } from "node:fs";
import type { JobState } from "@avantlink-s2s/core";
import { CommandError, EXIT } from "../exit.ts";

const MOST_LINES = 2_000;

/** How far the sending of an order had come. */
type Progress = "begun" | "delivered";

const SIGNS: Readonly<Record<string, Progress | "open">> = { b: "begun", d: "delivered", o: "open" };

/**
 * Remembers, order by order, what this process is sending, in a file beside the state: written right before
 * the first byte goes out, so that a process that was killed leaves behind which orders AvantLink may have. The file is not
 * forced to the disk: it has to outlive the process, and an order that a power cut brings back is safe to repeat.
 */
export class InFlight {
  readonly #path: string;
  readonly #stateOf: (key: string) => Promise<JobState | undefined>;
  /** What the run before left behind. */
  readonly #before: Map<string, Progress>;
  readonly #now = new Map<string, Progress>();
  #file: number;
  #lines = 0;
  #tidying = false;

  /** @throws CommandError when another backfill works with the same file */
  constructor(path: string, stateOf: (key: string) => Promise<JobState | undefined>) {
    const left = read(path);
    if (left.process !== undefined && left.process !== process.pid && isAlive(left.process)) {
      throw new CommandError(
        EXIT.usage,
        `Process ${left.process} is sending this file already.`,
        `If that is some other program, delete ${path}.`,
      );
    }
    this.#path = path;
    this.#stateOf = stateOf;
    this.#before = left.orders;
    this.#file = this.#rewrite(left.orders);
  }

  /** How far an earlier run had come with an order that is still pending. Told once: then it is the outbox's. */
  before(key: string): Progress | undefined {
    const progress = this.#before.get(key);
    this.#before.delete(key);
    if (progress === "begun") this.open(key);
    return progress;
  }

  begin(key: string): void {
    this.#write("b", key);
    this.#now.set(key, "begun");
  }

  delivered(key: string): void {
    this.#write("d", key);
    this.#now.set(key, "delivered");
  }

  /** AvantLink does not have it: it may be sent again. */
  open(key: string): void {
    this.#write("o", key);
    this.#now.delete(key);
  }

  /** Forgets what the outbox has settled, so that the file stays small. */
  async tidy(): Promise<void> {
    if (this.#lines < MOST_LINES || this.#tidying) return;
    this.#tidying = true;
    for (const [key, progress] of [...this.#now]) {
      if (progress === "delivered" && (await this.#stateOf(key)) !== "pending") this.#now.delete(key);
    }
    closeSync(this.#file);
    this.#file = this.#rewrite(new Map([...this.#before, ...this.#now]));
    this.#tidying = false;
  }

  /** Everything is settled: nothing is left to be remembered. */
  end(allSettled: boolean): void {
    closeSync(this.#file);
    if (allSettled) rmSync(this.#path, { force: true });
  }

  #write(sign: string, key: string): void {
    this.#lines += 1;
    writeSync(this.#file, `${sign} ${key}\n`);
  }

  /** Replaces the file in one step, so that a kill leaves the old one or the new one. */
  #rewrite(orders: ReadonlyMap<string, Progress>): number {
    const lines = [...orders].map(([key, progress]) => `${progress === "begun" ? "b" : "d"} ${key}\n`);
    writeFileSync(`${this.#path}.new`, `p ${process.pid}\n${lines.join("")}`, { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
    this.#lines = 0;
    return openSync(this.#path, "a");
  }
}

function read(path: string): {
  readonly process: number | undefined;
  readonly orders: Map<string, Progress>;
} {
  const orders = new Map<string, Progress>();
  let owner: number | undefined;
  for (const line of textOf(path).split("\n")) {
    const [sign = "", value = ""] = line.split(" ");
    if (sign === "p") owner = Number(value);
    const progress = SIGNS[sign];
    if (progress === "open") orders.delete(value);
    else if (progress !== undefined) orders.set(value, progress);
  }
  return { process: owner, orders };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    // Somebody else's process is one too.
    return typeof cause === "object" && cause !== null && "code" in cause && cause.code === "EPERM";
  }
}
