import type { Exact } from "./exact.ts";

/** Exact amounts on their way to whole minor units. */
export interface Rounding {
  /** Whether rounding each amount one way or the other can bring their sum to the goal. */
  reaches(goal: number): boolean;
  /** Rounds the amounts so that they sum to the goal, by largest remainder: none moves by a whole minor unit. */
  to(goal: number): readonly number[];
}

export function rounding(amounts: readonly Exact[], digits: number): Rounding {
  const parts = amounts.map((amount, index) => {
    const minor = amount.times(10 ** digits);
    const floor = minor.round(0, 0);
    return { index, floor: floor.toNumber(), rest: minor.minus(floor) };
  });
  const least = parts.reduce((sum, { floor }) => sum + floor, 0);
  const open = parts.filter(({ rest }) => rest.gt(0)).sort((a, b) => b.rest.cmp(a.rest));
  return {
    reaches: (goal) => goal >= least && goal <= least + open.length,
    to: (goal) => {
      const raised = new Set(open.slice(0, Math.max(0, goal - least)).map(({ index }) => index));
      return parts.map(({ index, floor }) => (raised.has(index) ? floor + 1 : floor));
    },
  };
}
