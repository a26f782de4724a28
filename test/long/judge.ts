import type { OrderRecord, Sandbox } from "@avantlink-s2s/sandbox";

/** The verdict on a run, by the sandbox's log. */
export interface Judgement {
  /** Orders whose acceptance was acknowledged. */
  readonly acknowledged: number;
  /** Acknowledged orders that never arrived: lost. */
  readonly missing: readonly string[];
  /** Orders that arrived; an order that arrived twice counts once. */
  readonly arrived: number;
  /** Repeats after an answer that did not reach the shop: lost on the way, or too late for a busy shop. */
  readonly answerLost: number;
  /** Repeats of an order that was sent directly, because the outbox did not accept it in time. */
  readonly refused: number;
  /** Repeats after an answer that did arrive, of a job that was not settled yet at a kill. */
  readonly unsettled: number;
  /** Repeats without any of these reasons. */
  readonly unexplained: readonly string[];
}

// The longest time from an answer to the settled job, on a busy machine. A separate bound limits these repeats to the
// orders that a killed worker had under way.
const SETTLING_MS = 10_000;
// The longest time until a busy shop reports an attempt that it gave up although the answer was sent.
const GIVING_UP_MS = 10_000;
// The sandbox may read and answer requests this long after the shop that wrote them was killed.
const ON_THE_WIRE_MS = 5_000;

/** The events of a run on the shops' side. */
export interface Happenings {
  readonly acknowledged: ReadonlySet<string>;
  /** Orders that the outbox did not accept in time, and which were sent directly. */
  readonly refused: ReadonlySet<string>;
  /** The times of the kills, in milliseconds since 1970. */
  readonly kills: readonly number[];
  /** The times at which shops reported a failed attempt, by order, in milliseconds since 1970. */
  readonly failures: ReadonlyMap<string, readonly number[]>;
}

/**
 * Judges a run by the requests that arrived. The sandbox alone decides which orders were lost or repeated; a shop's
 * report only explains why an answer did not reach the shop.
 */
export function judge(sandbox: Sandbox, { acknowledged, refused, kills, failures }: Happenings): Judgement {
  if (sandbox.dropped > 0) throw new Error("The sandbox forgot requests: raise maxRecords.");
  const arrivals = new Map<string, OrderRecord[]>();
  for (const record of sandbox.orders) {
    const number = orderNumberOf(record);
    arrivals.set(number, [...(arrivals.get(number) ?? []), record]);
  }
  const counts = { answerLost: 0, refused: 0, unsettled: 0 };
  const unexplained: string[] = [];
  for (const [number, records] of arrivals) {
    for (const record of records.slice(0, -1)) {
      const at = Date.parse(record.receivedAt);
      const gaveUp = failures.get(number)?.some((then) => then >= at && then - at < GIVING_UP_MS) === true;
      if (!record.answered || gaveUp) counts.answerLost += 1;
      else if (refused.has(number)) counts.refused += 1;
      else if (kills.some((kill) => kill - at > -ON_THE_WIRE_MS && kill - at < SETTLING_MS))
        counts.unsettled += 1;
      else unexplained.push(number);
    }
  }
  const missing = [...acknowledged].filter((number) => !arrivals.has(number));
  return { acknowledged: acknowledged.size, missing, arrived: arrivals.size, ...counts, unexplained };
}

function orderNumberOf({ body }: OrderRecord): string {
  const { order } = body as { order: { order_number: string } };
  return order.order_number;
}
