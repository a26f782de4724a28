import { SandboxError } from "./errors.ts";
import type { Ledger } from "./ledger.ts";

/** How long to wait, and for which arrivals. */
export interface WaitOptions<Arrival> {
  /** After how many milliseconds the wait fails, saying what had arrived. @default 5000 */
  readonly timeoutMs?: number;
  /** Counts only arrivals for which this answers true. @default all */
  readonly where?: (arrival: Arrival) => boolean;
}

/** Lets a test await arrivals instead of sleeping. */
export class Waits {
  readonly #ledger: Ledger;
  readonly #maxRecords: number;
  readonly #pending = new Set<(error: SandboxError) => void>();

  constructor(ledger: Ledger, maxRecords: number) {
    this.#ledger = ledger;
    this.#maxRecords = maxRecords;
  }

  /** Resolves with the arrivals that count, as soon as there are so many. */
  wait<Arrival>(
    list: readonly Arrival[],
    name: string,
    count: number,
    options: WaitOptions<Arrival> = {},
  ): Promise<Arrival[]> {
    const { timeoutMs = 5000, where = () => true } = options;
    if (count > this.#maxRecords) {
      const message = `${count} ${name} will never be here at once: the sandbox keeps ${this.#maxRecords} requests. Start it with a larger maxRecords.`;
      return Promise.reject(new SandboxError("sandbox.options", message));
    }
    return new Promise((resolve, reject) => {
      const end = (finish: () => void) => {
        clearTimeout(timer);
        unsubscribe();
        this.#pending.delete(fail);
        finish();
      };
      const fail = (error: unknown) => end(() => reject(error));
      /** What the asker's own function throws fails the wait, and nothing else. */
      const look = (isLast: boolean) => {
        if (list.length < count && !isLast) return;
        try {
          const arrived = list.filter(where);
          if (arrived.length >= count) end(() => resolve(arrived));
          else if (isLast)
            fail(new SandboxError("sandbox.waited", this.#report(name, count, arrived.length, timeoutMs)));
        } catch (error) {
          fail(error);
        }
      };
      const unsubscribe = this.#ledger.subscribe(() => look(false));
      const timer = setTimeout(() => look(true), timeoutMs);
      this.#pending.add(fail);
      look(false);
    });
  }

  /** Ends every wait, since nothing will arrive any more. */
  end(): void {
    for (const fail of [...this.#pending]) {
      fail(new SandboxError("sandbox.closed", "The sandbox was closed while this waited for arrivals."));
    }
  }

  #report(name: string, count: number, arrived: number, timeoutMs: number): string {
    const { clicks, orders, requests } = this.#ledger;
    const last = requests.slice(-5).map(({ method, path, state, status, refused }) => {
      const outcome =
        state === "answered" ? `answered ${status}${refused === undefined ? "" : ` (${refused})`}` : state;
      return `${method} ${path.slice(0, 120)}: ${outcome}`;
    });
    const latest = last.length === 0 ? "" : ` The latest requests: ${last.join("; ")}.`;
    return (
      `Waited ${timeoutMs} ms for ${count} ${name}; ${arrived} counted. ` +
      `In all there are ${orders.length} orders, ${clicks.length} clicks and ${requests.length} requests.${latest}`
    );
  }
}
