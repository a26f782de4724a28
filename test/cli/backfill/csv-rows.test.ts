import { describe, expect, test } from "vitest";
import { aDesk, numbersAt } from "./a-desk.ts";

const HEAD = "order_number,currency,new_customer,country,sku,unit_price,quantity\n";
const SKUS = [..."ABCDEFGHIJ"];

/** Orders with the numbers from 1 on, each of ten rows. */
const rowsOf = (orders: number) =>
  Array.from({ length: orders }, (_, index) =>
    SKUS.map((sku) => `${index + 1},USD,no,US,${sku},10,1`),
  ).flat();
const numbersTo = (last: number) => Array.from({ length: last }, (_, index) => `${index + 1}`);

describe("a row with too many values, or too few, when the rest is asked for", () => {
  test("costs its own order, and no part of any other", async () => {
    const rows = rowsOf(60);
    rows[305] += ",extra";
    rows[409] = "41,USD";
    const { sandbox, run } = await aDesk("orders.csv", HEAD + rows.join("\n"));
    const { code, stdout } = await run("--send", "--skip-faulty");
    expect(code).toBe(0);
    expect(numbersAt(sandbox).sort()).toEqual(
      numbersTo(60)
        .filter((number) => number !== "31" && number !== "41")
        .sort(),
    );
    for (const { body } of sandbox.orders)
      expect(body).toMatchObject({ order: { products: SKUS.map(() => ({})) } });
    expect(stdout).toContain("cells in line 307");
    expect(stdout).toContain("cells in line 411");
    expect(stdout).toContain("Left out: 2 faulty");
  });

  test("costs both orders beside it where its number may have moved to another column", async () => {
    const { sandbox, run } = await aDesk(
      "orders.csv",
      [
        "sku,order_number,currency,new_customer,country,unit_price,quantity",
        "A,1,USD,no,US,10,1",
        "A,2,USD,no,US,10,1",
        "TENT, 2P,3,USD,no,US,10,1",
        "PEG,3,USD,no,US,10,1",
        "A,4,USD,no,US,10,1",
        "B,4,USD,no,US,10,1,,",
        "C,4,USD,no,US,10,1",
        "A,5,USD,no,US,10,1",
      ].join("\n"),
    );
    const { stdout } = await run("--send", "--skip-faulty", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ sendable: 2, faulty: 3, sent: { delivered: 2 } });
    expect(numbersAt(sandbox).sort()).toEqual(["1", "5"]);
  });
});

test("a file with a quote that is never closed is not sent at all", async () => {
  const rows = rowsOf(60);
  rows[305] = '31,USD,no,US,"TENT,10,1';
  const { sandbox, run } = await aDesk("orders.csv", HEAD + rows.join("\n"));
  const { code, stdout, stderr } = await run("--send", "--skip-faulty");
  expect(code).toBe(1);
  expect(stdout).toContain("a quote that is never closed");
  expect(stderr).toContain("beyond line 307");
  expect(sandbox.requests).toHaveLength(0);
  const dry = await run("--json");
  expect(dry.code).toBe(1);
  expect(JSON.parse(dry.stdout)).toMatchObject({ unreadableFrom: 307, problems: [{ rule: "file" }] });
});
