import { expect, test } from "vitest";
import { aDesk, numbersAt } from "./a-desk.ts";

const HEAD = "order_number,currency,country,new_customer,sku,unit_price,quantity";

test("empty cells at the end of a spreadsheet's rows, and rows of them, are nothing", async () => {
  const text = `${HEAD},,\n1001,USD,US,true,A,19.99,1,,\n,,,,,,,,\n,,,,,,,,\n`;
  const { sandbox, run } = await aDesk("orders.csv", text);
  expect((await run("--send")).code).toBe(0);
  expect(numbersAt(sandbox)).toEqual(["1001"]);
});

test("a fault is printed without the content of the cell", async () => {
  const phone = "5551234567";
  const { run } = await aDesk("orders.csv", `${HEAD}\n1001,${phone},US,true,A,${phone}x,1\n`);
  const { code, stdout, stderr } = await run();
  expect(code).toBe(1);
  expect(stdout).toContain("is not valid; expected");
  expect(stdout + stderr).not.toContain(phone);
});
