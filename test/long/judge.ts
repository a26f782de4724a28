import type { OrderRecord, Sandbox } from "@avantlink-s2s/sandbox";

/** What the sandbox's log says of a run. */
export interface Judgement {
  /** Orders whose acceptance was acknowledged. */
  readonly acknowledged: number;
  /** Those of them that never arrived: lost. */
  readonly missing: readonly string[];
  /** Orders that arrived, each counted once. */
  readonly arrived: number;
  /** Repeats after an answer that was lost on the way, or that a starved shop did not wait for: nobody could know. */
  readonly answerLost: number;
  /** Repeats of an order that was sent directly because its acceptance was refused. */
  readonly refused: number;
  /** Repeats after an answer that did arrive, of an order that was being settled when somebody was killed. */
  readonly unsettled: number;
  /** Repeats that nothing explains. */
  readonly unexplained: readonly string[];
}

// From an answer to its settlement, on a machine that others use too. However long it takes, no more orders than a
// killed worker had under way may be repeated: that is counted against a bound.
const SETTLING_MS = 10_000;
// A starved shop gives an attempt up though its answer was sent; it tells so, at the latest this long after.
const GIVING_UP_MS = 10_000;
// What a shop had written to its connection when it was killed is read afterwards, and answered into the void.
const ON_THE_WIRE_MS = 5_000;

/** What happened in a run, beside what arrived. */
export interface Happenings {
  readonly acknowledged: ReadonlySet<string>;
  /** Orders whose acceptance was refused, and which were sent directly. */
  readonly refused: ReadonlySet<string>;
  /** When somebody was killed, in milliseconds since 1970. */
  readonly kills: readonly number[];
  /** When shops told that an attempt of an order had failed, in milliseconds since 1970. */
  readonly failures: ReadonlyMap<string, readonly number[]>;
}

/**
 * Judges a run by what arrived. What was lost, and what came twice, is the sandbox's to say; a shop's own word counts
 * only for why an answer did not reach it.
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
