import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import type { JobState } from "@avantlink-s2s/core";
import { codeOf } from "../json-file.ts";
import { onlyProcess } from "./only-process.ts";

const MOST_LINES = 2_000;

/** How far the sending of an order had come: it left, or AvantLink confirmed it. */
export type Progress = "begun" | "delivered";

const SIGNS: Readonly<Record<string, Progress | "open">> = { b: "begun", d: "delivered", o: "open" };

/** Tells what became of a key in the outbox. */
export type StateOf = (key: string) => Promise<JobState | undefined>;

/**
 * Remembers, order by order, what is being sent, in a file beside the state: written right before the first byte
 * goes out, so that a process that was killed leaves behind which orders AvantLink may have. An order stays in it
 * until the outbox has settled it. The file is not forced to the disk: it has to outlive the process, and an order
 * that a power cut brings back is safe to repeat.
 */
export class InFlight {
  /** Whether a backfill with this state is under way, or was when it was killed. */
  static isBeside(statePath: string): boolean {
    return existsSync(pathBeside(statePath));
  }

  /** @throws CommandError when another process works with the same state */
  static async open(statePath: string, stateOf: StateOf): Promise<InFlight> {
    const letGo = onlyProcess(`${statePath}.lock.db`);
    try {
      const path = pathBeside(statePath);
      const inFlight = new InFlight(path, stateOf, letGo, read(path));
      await inFlight.#forgetSettled();
      return inFlight;
    } catch (cause) {
      letGo();
      throw cause;
    }
  }

  readonly #path: string;
  readonly #stateOf: StateOf;
  readonly #letGo: () => void;
  readonly #orders: Map<string, Progress>;
  #file: number;
  #lines = 0;
  #tidying: Promise<void> | undefined;

  private constructor(path: string, stateOf: StateOf, letGo: () => void, orders: Map<string, Progress>) {
    this.#path = path;
    this.#stateOf = stateOf;
    this.#letGo = letGo;
    this.#orders = orders;
    this.#file = this.#rewrite();
  }

  /** How far the sending of an order that is still pending had come before. */
  before(key: string): Progress | undefined {
    return this.#orders.get(key);
  }

  begin(key: string): void {
    this.#orders.set(key, "begun");
    this.#write("b", key);
  }

  delivered(key: string): void {
    this.#orders.set(key, "delivered");
    this.#write("d", key);
  }

  /** AvantLink does not have it: it may be sent again. */
  open(key: string): void {
    this.#orders.delete(key);
    this.#write("o", key);
  }

  /** Forgets what the outbox has settled, so that the file stays small. */
  async tidy(): Promise<void> {
    if (this.#lines < MOST_LINES || this.#tidying) return;
    this.#tidying = this.#forgetSettled();
    try {
      await this.#tidying;
    } finally {
      this.#tidying = undefined;
    }
  }

  /** Nothing is sent any more. What the outbox has not settled stays behind for the next run. */
  async end(): Promise<void> {
    await this.#tidying?.catch(() => {});
    // An outbox that does not answer any more leaves the file longer than need be.
    await this.#forgetSettled().catch(() => {});
    closeSync(this.#file);
    if (this.#orders.size === 0) rmSync(this.#path, { force: true });
    this.#letGo();
  }

  async #forgetSettled(): Promise<void> {
    for (const [key, progress] of [...this.#orders]) {
      if ((await this.#stateOf(key)) === "pending") continue;
      // Put back by hand and begun anew meanwhile, it is another matter.
      if (this.#orders.get(key) === progress) this.#orders.delete(key);
    }
    closeSync(this.#file);
    this.#file = this.#rewrite();
  }

  #write(sign: string, key: string): void {
    this.#lines += 1;
    writeSync(this.#file, `${sign} ${key}\n`);
  }

  /** Replaces the file in one step, so that a kill leaves the old one or the new one. */
  #rewrite(): number {
    const lines = [...this.#orders].map(([key, progress]) => `${progress === "begun" ? "b" : "d"} ${key}\n`);
    writeFileSync(`${this.#path}.new`, lines.join(""), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
    this.#lines = 0;
    return openSync(this.#path, "a");
  }
}

function pathBeside(statePath: string): string {
  return `${statePath}.in-flight`;
}

function read(path: string): Map<string, Progress> {
  const orders = new Map<string, Progress>();
  for (const line of textOf(path).split("\n")) {
    const [sign = "", value = ""] = line.split(" ");
    const progress = SIGNS[sign];
    if (progress === "open") orders.delete(value);
    else if (progress !== undefined) orders.set(value, progress);
  }
  return orders;
}

/** Only a file that is not there tells that nothing is on its way; one that cannot be read tells nothing. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return "";
    throw cause;
  }
}
