import { pause } from "./pause.ts";

const AGAIN_MS = 500;

/** What is done about a Redis that answers with errors. */
export interface RefusalParts {
  /** Whether it takes a write again. */
  readonly takesWrites: () => Promise<boolean>;
  /** It refuses: nothing may be claimed. */
  readonly hold: (cause: unknown) => void;
  /** It takes writes, and nothing is owed: jobs may be claimed. */
  readonly goOn: () => void;
  /** It refused nothing since. */
  readonly calm: () => void;
}

/**
 * A Redis that is there and refuses what is written: it is full, it is a replica since a failover, it has too few
 * replicas or cannot write its file. BullMQ drops what it was told of a job then, and asks for the next one at once,
 * without end. Here verdicts are kept until they are taken, and nothing is claimed until all of them are.
 */
export class Refusal {
  readonly #parts: RefusalParts;
  #owed = 0;
  #lasts = false;
  #stopping = false;
  #gaveUp = false;

  constructor(parts: RefusalParts) {
    this.#parts = parts;
  }

  /** Whether a job may be claimed along with what is settled. */
  mayClaim(): boolean {
    return !this.#lasts && !this.#stopping;
  }

  /** Redis refused something. */
  met(cause: unknown): void {
    if (this.#lasts) return;
    this.#lasts = true;
    this.#parts.hold(cause);
    this.#sitOut();
  }

  /** Repeats a write until it is taken, or the lease it is made under is another's. Renews that lease before. */
  async settle<T>(write: () => Promise<T>, renew: () => Promise<unknown>): Promise<T> {
    let refused = false;
    try {
      for (;;) {
        try {
          if (refused) await renew();
          return await write();
        } catch (cause) {
          if (isLeaseLost(cause) || this.#gaveUp) throw cause;
          if (!refused) this.#owed += 1;
          refused = true;
          this.met(cause);
        }
        await pause(AGAIN_MS);
      }
    } finally {
      if (refused) this.#owed -= 1;
    }
  }

  /** Nothing is claimed any more; what is owed may yet be taken. */
  stop(): void {
    this.#stopping = true;
  }

  /** What is owed is given up: its lease will end, and somebody else will have it. */
  giveUp(): void {
    this.#stopping = true;
    this.#gaveUp = true;
  }

  async #sitOut(): Promise<void> {
    do await pause(AGAIN_MS);
    while (!this.#stopping && (this.#owed > 0 || !(await this.#parts.takesWrites())));
    if (this.#stopping) return;
    this.#lasts = false;
    this.#parts.goOn();
    // One script may be refused while a plain write is taken.
    await pause(AGAIN_MS);
    if (!this.#lasts) this.#parts.calm();
  }
}

/** BullMQ's own answers to whoever has lost a lease; they are no fault. */
export function isLeaseLost(cause: unknown): boolean {
  if (!(cause instanceof Error)) return false;
  return (
    ("code" in cause && typeof cause.code === "number") || cause.message.startsWith("could not renew lock")
  );
}
