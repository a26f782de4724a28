import { describe, expect, test } from "vitest";
import { exact } from "../../../packages/orders/src/money/decimal.ts";
import type { OrderMoney, SoldLine } from "../../../packages/orders/src/money/order-money.ts";
import { priceOrder } from "../../../packages/orders/src/money/price-order.ts";

function aLine(total: number, quantity = 1, more: Partial<SoldLine> = {}): SoldLine {
  return { path: `lines[${total}]`, sku: "A", total: exact(total), quantity: exact(quantity), ...more };
}

function priced(order: OrderMoney) {
  const { products, discount, subtotal, findings } = priceOrder(order, 2);
  const lines = products.map(({ unitPrice, quantity }) => [unitPrice, quantity]);
  return { lines, discount, subtotal, findings: findings.map(({ code }) => code) };
}

describe("priceOrder", () => {
  test("rounds its lines the way that the platform rounded its sum", () => {
    const lines = [aLine(3.3333), aLine(3.3333), aLine(3.3333)];
    const nothing = { discount: 0, findings: [] };
    expect(priced({ lines })).toEqual({
      ...nothing,
      subtotal: 1000,
      lines: [
        ["3.34", 1],
        ["3.33", 1],
        ["3.33", 1],
      ],
    });
    const stated = { amounts: [exact(9.99)], path: "subtotal" } as const;
    expect(priced({ lines, stated })).toEqual({
      ...nothing,
      subtotal: 999,
      lines: [
        ["3.33", 1],
        ["3.33", 1],
        ["3.33", 1],
      ],
    });
  });

  test("prefers the lines where the platform's total differs by its own rounding only", () => {
    const lines = [aLine(5), aLine(7)];
    const within = { amounts: [exact(12.02)], path: "total", slack: 2 } as const;
    expect(priced({ lines, stated: within })).toMatchObject({ subtotal: 1200, findings: [] });
    const beyond = { ...within, slack: 1 };
    expect(priced({ lines, stated: beyond })).toMatchObject({
      subtotal: 1200,
      findings: ["mapper.does-not-add-up"],
    });
    expect(priced({ lines, stated: { ...beyond, wins: true } })).toMatchObject({ subtotal: 1202 });
  });

  test("leaves the discount to be spread where no line must be split", () => {
    expect(priced({ lines: [aLine(6, 2), aLine(4)], discount: exact(1) })).toEqual({
      lines: [
        ["3.00", 2],
        ["4.00", 1],
      ],
      discount: 100,
      subtotal: 900,
      findings: [],
    });
  });

  test("takes the discount off whole lines before splitting them, so that a line is rounded once", () => {
    expect(priced({ lines: [aLine(10, 3), aLine(10)], discount: exact(2) })).toEqual({
      lines: [
        ["3.00", 3],
        ["9.00", 1],
      ],
      discount: 0,
      subtotal: 1800,
      findings: [],
    });
  });

  test("sends the lines as 0 when the discount is larger, with a finding", () => {
    expect(priced({ lines: [aLine(6, 2), aLine(-10)] })).toEqual({
      lines: [["3.00", 2]],
      discount: 600,
      subtotal: 0,
      findings: ["mapper.adjusted", "mapper.does-not-add-up"],
    });
  });

  test("divides a line by the prices of its items before splitting it", () => {
    const prices = [
      { quantity: 2, total: exact(20) },
      { quantity: 1, total: exact(5) },
    ];
    expect(priced({ lines: [aLine(10, 3, { prices })] }).lines).toEqual([
      ["4.00", 2],
      ["2.00", 1],
    ]);
    expect(priced({ lines: [aLine(10.02, 3, { prices })] }).lines).toEqual([
      ["4.01", 2],
      ["2.00", 1],
    ]);
    expect(priced({ lines: [aLine(0.08, 3, { prices })] }).lines).toEqual([
      ["0.03", 2],
      ["0.02", 1],
    ]);
    const halves = [
      { quantity: 1, total: exact(1) },
      { quantity: 1, total: exact(1) },
    ];
    expect(priced({ lines: [aLine(0.03, 2, { prices: halves })] }).lines).toEqual([
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
    expect(priced({ lines: [aLine(total, quantity)] })).toMatchObject({ lines, findings });
  });
});
