import { describe, expect, test } from "vitest";
import { exact } from "../../packages/orders/src/exact.ts";
import { Field } from "../../packages/orders/src/field.ts";
import { Notes } from "../../packages/orders/src/notes.ts";
import type { Sale, SoldLine } from "../../packages/orders/src/sale.ts";
import { settle } from "../../packages/orders/src/settle.ts";

function aLine(total: number, quantity = 1, more: Partial<SoldLine> = {}): SoldLine {
  return { path: `lines[${total}]`, sku: "A", total: exact(total), quantity: exact(quantity), ...more };
}

function settled(sale: Omit<Sale, "currency">) {
  const notes = new Notes();
  const currency = new Field("USD", "currency", notes);
  const { products, discount, subtotal } = settle({ currency, ...sale }, 2, notes);
  const lines = products.map(({ unitPrice, quantity }) => [unitPrice, quantity]);
  return { lines, discount, subtotal, findings: notes.findings.map(({ code }) => code) };
}

describe("settle", () => {
  test("rounds its lines the way that the platform rounded its sum", () => {
    const lines = [aLine(3.3333), aLine(3.3333), aLine(3.3333)];
    const nothing = { discount: 0, findings: [] };
    expect(settled({ lines })).toEqual({
      ...nothing,
      subtotal: 1000,
      lines: [
        ["3.34", 1],
        ["3.33", 1],
        ["3.33", 1],
      ],
    });
    const stated = { amounts: [exact(9.99)], path: "subtotal" } as const;
    expect(settled({ lines, stated })).toEqual({
      ...nothing,
      subtotal: 999,
      lines: [
        ["3.33", 1],
        ["3.33", 1],
        ["3.33", 1],
      ],
    });
  });

  test("goes by the lines where the platform's figure is off by its own rounding only", () => {
    const lines = [aLine(5), aLine(7)];
    const within = { amounts: [exact(12.02)], path: "total", slack: 2 } as const;
    expect(settled({ lines, stated: within })).toMatchObject({ subtotal: 1200, findings: [] });
    const beyond = { ...within, slack: 1 };
    expect(settled({ lines, stated: beyond })).toMatchObject({
      subtotal: 1200,
      findings: ["mapper.does-not-add-up"],
    });
    expect(settled({ lines, stated: { ...beyond, wins: true } })).toMatchObject({ subtotal: 1202 });
  });

  test("gives a discount that the lines can carry whole to be spread", () => {
    expect(settled({ lines: [aLine(6, 2), aLine(4)], discount: exact(1) })).toEqual({
      lines: [
        ["3.00", 2],
        ["4.00", 1],
      ],
      discount: 100,
      subtotal: 900,
      findings: [],
    });
  });

  test("takes a discount off lines that must be split itself, so that a line rounds once", () => {
    expect(settled({ lines: [aLine(10, 3), aLine(10)], discount: exact(2) })).toEqual({
      lines: [
        ["3.00", 3],
        ["9.00", 1],
      ],
      discount: 0,
      subtotal: 1800,
      findings: [],
    });
  });

  test("sends lines as nothing under a discount that is larger, and says so", () => {
    expect(settled({ lines: [aLine(6, 2), aLine(-10)] })).toEqual({
      lines: [["3.00", 2]],
      discount: 600,
      subtotal: 0,
      findings: ["mapper.adjusted", "mapper.does-not-add-up"],
    });
  });

  test("divides a line over the prices that its items have, before it splits it", () => {
    const prices = [
      { quantity: 2, all: exact(20) },
      { quantity: 1, all: exact(5) },
    ];
    expect(settled({ lines: [aLine(10, 3, { prices })] }).lines).toEqual([
      ["4.00", 2],
      ["2.00", 1],
    ]);
    expect(settled({ lines: [aLine(10.02, 3, { prices })] }).lines).toEqual([
      ["4.01", 2],
      ["2.00", 1],
    ]);
    expect(settled({ lines: [aLine(0.08, 3, { prices })] }).lines).toEqual([
      ["0.03", 2],
      ["0.02", 1],
    ]);
    const halves = [
      { quantity: 1, all: exact(1) },
      { quantity: 1, all: exact(1) },
    ];
    expect(settled({ lines: [aLine(0.03, 2, { prices: halves })] }).lines).toEqual([
      ["0.02", 1],
      ["0.01", 1],
    ]);
  });

  test.each([
    [0.5, 4, [["4.00", 1]], ["mapper.adjusted"]],
    [2.5, 4, [["4.00", 1]], ["mapper.adjusted"]],
    [0, 4, [["4.00", 1]], ["mapper.adjusted"]],
    [-1, 4, [["4.00", 1]], ["mapper.adjusted"]],
    [0, 0, [], []],
    [3, 0, [["0.00", 3]], []],
  ])("sends a quantity of %d at %d in all as %j", (quantity, total, lines, findings) => {
    expect(settled({ lines: [aLine(total, quantity)] })).toMatchObject({ lines, findings });
  });
});
