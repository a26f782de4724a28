import { SandboxError, type SandboxErrorCode } from "./errors.ts";
import type { Ledger } from "./ledger.ts";

/** How long to wait, and for which arrivals. */
export interface WaitOptions<Arrival> {
  /** After how many milliseconds the wait fails, saying what had arrived. @default 5000 */
  readonly timeoutMs?: number;
  /** Counts only arrivals for which this answers true. @default all */
  readonly where?: (arrival: Arrival) => boolean;
}

/** What is waited for. */
export interface Wanted<Arrival> {
  readonly list: readonly Arrival[];
  /** What the list holds: `orders`. */
  readonly name: string;
  readonly count: number;
}

/** Resolves with the arrivals that count, as soon as there are so many: a test awaits them instead of sleeping. */
export function waitFor<Arrival>(
  ledger: Ledger,
  { list, name, count }: Wanted<Arrival>,
  { timeoutMs = 5000, where = () => true }: WaitOptions<Arrival> = {},
): Promise<Arrival[]> {
  return new Promise((resolve, reject) => {
    const end = (finish: () => void) => {
      clearTimeout(timer);
      unsubscribe();
      finish();
    };
    const fail = (code: SandboxErrorCode, message: string) =>
      end(() => reject(new SandboxError(code, message)));
    const look = (isLast: boolean) => {
      if (list.length < count && !isLast && !ledger.isClosed) return;
      const arrived = list.filter(where);
      if (arrived.length >= count) end(() => resolve(arrived));
      else if (ledger.isClosed)
        fail("sandbox.closed", "The sandbox was closed while this waited for arrivals.");
      else if (isLast)
        fail(
          "sandbox.waited",
          `Waited ${timeoutMs} ms for ${count} ${name}; ${arrived.length} counted. ${statusOf(ledger)}`,
        );
    };
    /** What the asker's own function throws fails the wait, and nothing else. */
    const lookSafely = (isLast: boolean) => {
      try {
        look(isLast);
      } catch (error) {
        end(() => reject(error));
      }
    };
    const unsubscribe = ledger.subscribe(() => lookSafely(false));
    const timer = setTimeout(() => lookSafely(true), timeoutMs);
    if (count > ledger.maxRecords)
      fail(
        "sandbox.options",
        `${count} ${name} will never be here at once: the sandbox keeps ${ledger.maxRecords} requests. Start it with a larger maxRecords.`,
      );
    else lookSafely(false);
  });
}

function statusOf({ clicks, orders, requests }: Ledger): string {
  const last = requests.slice(-5).map(({ method, path, state, status, refused }) => {
    const outcome =
      state === "answered" ? `answered ${status}${refused === undefined ? "" : ` (${refused})`}` : state;
    return `${method} ${path.slice(0, 120)}: ${outcome}`;
  });
  const latest = last.length === 0 ? "" : ` The latest requests: ${last.join("; ")}.`;
  return `In all there are ${orders.length} orders, ${clicks.length} clicks and ${requests.length} requests.${latest}`;
}
