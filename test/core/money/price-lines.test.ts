import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { splitLine, spreadDiscount } from "../../../packages/core/src/money/price-lines.ts";

describe("splitLine", () => {
  test("keeps a line whole when its total divides evenly", () => {
    expect(splitLine(999, 3)).toEqual([{ unit: 333, quantity: 3 }]);
    expect(splitLine(0, 4)).toEqual([{ unit: 0, quantity: 4 }]);
  });

  test("makes 10.00 over three items 2 × 3.33 and 1 × 3.34", () => {
    expect(splitLine(1000, 3)).toEqual([
      { unit: 333, quantity: 2 },
      { unit: 334, quantity: 1 },
    ]);
  });

  test("sums to the total and keeps the quantity, for any line", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e15 }),
        fc.integer({ min: 1, max: 10_000 }),
        (total, quantity) => {
          const parts = splitLine(total, quantity);
          expect(parts.reduce((sum, part) => sum + part.unit * part.quantity, 0)).toBe(total);
          expect(parts.reduce((sum, part) => sum + part.quantity, 0)).toBe(quantity);
        },
      ),
    );
  });
});

describe("spreadDiscount", () => {
  test.each([
    [[1000, 2000, 3000], 600, [900, 1800, 2700]],
    [[333, 333, 334], 100, [300, 300, 300]],
    [[100, 100, 100], 100, [66, 67, 67]],
    [[0, 500], 100, [0, 400]],
    [[500, 700], 1200, [0, 0]],
    [[500], 0, [500]],
    [[0, 0], 0, [0, 0]],
  ])("takes from %j a discount of %d", (totals, discount, expected) => {
    expect(spreadDiscount(totals, discount)).toEqual(expected);
  });

  test("is exact, never negative and within one minor unit of each line's share, up to the largest amounts", () => {
    const totals = fc.array(
      fc.oneof(fc.integer({ min: 0, max: 100_000 }), fc.integer({ min: 0, max: 1e12 })),
      {
        minLength: 1,
        maxLength: 50,
      },
    );
    fc.assert(
      fc.property(totals, fc.double({ min: 0, max: 1, noNaN: true }), (lines, part) => {
        const sum = lines.reduce((a, b) => a + b, 0);
        const discount = Math.floor(sum * part);
        const result = spreadDiscount(lines, discount);
        expect(result.reduce((a, b) => a + b, 0)).toBe(sum - discount);
        lines.forEach((line, index) => {
          const left = result[index] ?? Number.NaN;
          expect(left).toBeGreaterThanOrEqual(0);
          // |given − exact share| < 1, with both sides multiplied by the sum to stay in whole numbers.
          const off = BigInt(line - left) * BigInt(sum) - BigInt(line) * BigInt(discount);
          expect((off < 0n ? -off : off) < BigInt(sum) || sum === 0).toBe(true);
        });
      }),
      { numRuns: 2000 },
    );
  });
});
