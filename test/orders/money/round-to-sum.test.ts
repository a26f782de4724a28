import { expect, test } from "vitest";
import { exact } from "../../../packages/orders/src/money/decimal.ts";
import { rounding } from "../../../packages/orders/src/money/round-to-sum.ts";

test.each([
  // amounts, digits, goal → minor units
  [[3.337, 3.332, 3.331], 2, 1000, [334, 333, 333]],
  [[3.331, 3.332, 3.337], 2, 1000, [333, 333, 334]],
  [[3.334, 3.333, 3.333], 2, 1001, [334, 334, 333]],
  [[1.5, 1.5], 0, 3, [2, 1]],
  [[0.1235, 0.1235], 3, 247, [124, 123]],
  [[5, 7], 2, 1200, [500, 700]],
  [[], 2, 0, []],
])("rounds %j to %d digits so that they sum to %d", (amounts, digits, goal, expected) => {
  expect(rounding(amounts.map(exact), digits).to(goal)).toEqual(expected);
});

test.each([
  [
    [3.3333, 3.3333, 3.3333],
    [998, false],
    [999, true],
    [1002, true],
    [1003, false],
  ],
  [
    [5, 7],
    [1199, false],
    [1200, true],
    [1201, false],
  ],
] as const)("knows which sums rounding %j can reach", (amounts, ...goals) => {
  for (const [goal, reachable] of goals) {
    expect(rounding(amounts.map(exact), 2).reaches(goal)).toBe(reachable);
  }
});
