import { setImmediate } from "node:timers/promises";
import type { DeadLetters, Outbox, OutboxRecord } from "@avantlink-s2s/core";
import { systemRuntime } from "@avantlink-s2s/core/adapter";
import type { Hour } from "@avantlink-s2s/sandbox/page";

const HOUR_MS = 3_600_000;
const SHOWN_HOURS = 12;
const MIN_AGE_MS = 60_000;
/** An outbox may have to read everything to answer, so the desk rests this many times as long as the answer took. */
const REST_FACTOR = 20;
const MAX_OPEN = 10_000;
const PAGE = 500;

/** What became of the orders of today, and of each of the last hours. */
export interface History {
  readonly hours: readonly Hour[];
  readonly today: { readonly accepted: number; readonly delivered: number };
  /** Whether there are more open orders than were read. */
  readonly isPartial: boolean;
}

/** Gives the newest history at once, none before the first is read, and reads another in the background. */
export function historyOf(outbox: Outbox): () => History | undefined {
  let newest: History | undefined;
  let nextAt = 0;
  return () => {
    const startedAt = systemRuntime.now();
    if (startedAt >= nextAt) {
      nextAt = Number.POSITIVE_INFINITY;
      readHistory(outbox, startedAt)
        .then((history) => {
          newest = history;
        })
        // The view itself reports an outbox that does not answer.
        .catch(() => {})
        .finally(() => {
          const endedAt = systemRuntime.now();
          nextAt = endedAt + Math.max(MIN_AGE_MS, REST_FACTOR * (endedAt - startedAt));
        });
    }
    return newest;
  };
}

/** Counts orders by the hour in which they were accepted. */
export async function readHistory(outbox: Outbox, now: number): Promise<History> {
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const thisHour = new Date(now).setMinutes(0, 0, 0);
  const firstHour = thisHour - (SHOWN_HOURS - 1) * HOUR_MS;
  const waiting = await readOpen(outbox.waiting);
  const dead = await readOpen(outbox.dead);
  const finished = await outbox.settled.list({ from: Math.min(midnight, firstHour), until: now + HOUR_MS });
  const orders: readonly OutboxRecord[] = [...finished, ...waiting, ...dead];
  const between = (from: number, until: number) =>
    orders.filter(({ acceptedAt }) => acceptedAt >= from && acceptedAt < until);
  const today = between(midnight, Number.POSITIVE_INFINITY);
  const starts = Array.from({ length: SHOWN_HOURS }, (_, index) => firstHour + index * HOUR_MS);
  return {
    hours: starts.map((at) => ({ at: new Date(at).toISOString(), ...countsOf(between(at, at + HOUR_MS)) })),
    today: { accepted: today.length, delivered: countsOf(today).delivered },
    isPartial: waiting.length >= MAX_OPEN || dead.length >= MAX_OPEN,
  };
}

/** Rests before each page: SQLite reads on the event loop, and the desk answers its reader first. */
async function readOpen({ list }: Pick<DeadLetters, "list"> | Outbox["waiting"]): Promise<OutboxRecord[]> {
  const records: OutboxRecord[] = [];
  for (let offset = 0; offset < MAX_OPEN; offset += PAGE) {
    await setImmediate();
    const page = await list({ limit: PAGE, offset });
    if (page.length === 0) break;
    records.push(...page);
  }
  return records;
}

function countsOf(orders: readonly OutboxRecord[]): Omit<Hour, "at"> {
  const count = (...statuses: OutboxRecord["status"][]) =>
    orders.filter(({ status }) => statuses.includes(status)).length;
  return { delivered: count("delivered"), waiting: count("pending"), dead: count("dead", "removed") };
}
