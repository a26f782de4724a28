import type { Decimal } from "@avantlink-s2s/core/money";

/** Exact amounts that are to be rounded to whole minor units. */
export interface Rounding {
  /** Whether the rounded amounts can sum to the goal when each is rounded either up or down. */
  reaches(goal: number): boolean;
  /** Rounds the amounts so that they sum to the goal, by largest remainder: none moves by a whole minor unit. */
  to(goal: number): readonly number[];
}

export function rounding(amounts: readonly Decimal[], digits: number): Rounding {
  const parts = amounts.map((amount, index) => {
    const minor = amount.times(10 ** digits);
    const floor = minor.round(0, 0);
    return { index, floor: floor.toNumber(), rest: minor.minus(floor) };
  });
  const least = parts.reduce((total, { floor }) => total + floor, 0);
  const fractions = parts.filter(({ rest }) => rest.gt(0)).sort((a, b) => b.rest.cmp(a.rest));
  return {
    reaches: (goal) => goal >= least && goal <= least + fractions.length,
    to: (goal) => {
      const roundedUp = new Set(fractions.slice(0, Math.max(0, goal - least)).map(({ index }) => index));
      return parts.map(({ index, floor }) => (roundedUp.has(index) ? floor + 1 : floor));
    },
  };
}
