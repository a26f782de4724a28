import { expect, test } from "vitest";
import { aDesk, orderAt } from "./a-desk.ts";

const HEAD =
  "Name,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Lineitem quantity,Lineitem price,Lineitem discount,Lineitem sku,Billing Country";

/** The rows of one order. The first row has what is the order's own. */
function rows(
  subtotal: string,
  [code, discount]: readonly [string, string],
  ...lines: readonly (readonly [quantity: number, price: string, discount: string, sku: string])[]
): string {
  const own = `paid,USD,${subtotal},0.00,0.00,${subtotal},${code},${discount}`;
  const blank = ",,,,,,,";
  return [HEAD, ...lines.map((line, index) => ["#1001", index ? blank : own, ...line, "US"].join())].join(
    "\n",
  );
}

const TENT = [1, "60.00", "0.00", "TENT"] as const;
const MUGS = [2, "20.00", "0.00", "MUG"] as const;
type Items = readonly (readonly [sku: string, unit: number, quantity: number])[];

test.each<[string, string, Items]>([
  [
    "a discount on shipping is not taken off the goods",
    rows("100.00", ["FREESHIP", "10.00"], TENT, MUGS),
    [
      ["TENT", 60, 1],
      ["MUG", 20, 2],
    ],
  ],
  [
    "a discount on the order is spread over the lines",
    rows("90.00", ["SAVE10", "10.00"], TENT, MUGS),
    [
      ["TENT", 54, 1],
      ["MUG", 18, 2],
    ],
  ],
  [
    "a line's own discount is taken off that line",
    rows("90.00", ["MUG10", "10.00"], TENT, [2, "20.00", "10.00", "MUG"]),
    [
      ["TENT", 60, 1],
      ["MUG", 15, 2],
    ],
  ],
  [
    "a line whose discount does not divide by its items has two prices",
    rows("79.99", ["MUG20", "20.01"], TENT, [2, "20.00", "20.01", "MUG"]),
    [
      ["TENT", 60, 1],
      ["MUG", 9.99, 1],
      ["MUG", 10, 1],
    ],
  ],
  [
    "a line's discount and the order's may stand in one amount",
    rows("72.00", ["MUG20", "28.00"], TENT, [2, "20.00", "20.00", "MUG"]),
    [
      ["TENT", 54, 1],
      ["MUG", 9, 2],
    ],
  ],
  [
    "codes on the goods and on shipping may stand in one amount",
    rows("90.00", ['"SAVE10, FREESHIP"', "15.00"], TENT, MUGS),
    [
      ["TENT", 54, 1],
      ["MUG", 18, 2],
    ],
  ],
  [
    "a line whose items were all taken out is left out",
    rows("60.00", ["", "0.00"], TENT, [0, "20.00", "0.00", "MUG"]),
    [["TENT", 60, 1]],
  ],
])("in Shopify's export %s", async (_, text, items) => {
  const { sandbox, run } = await aDesk("orders.csv", text);
  expect((await run("--send")).code).toBe(0);
  const products = items.map(([product_sku, product_amount, quantity]) => ({
    product_sku,
    product_amount,
    quantity,
  }));
  const order_amount_subtotal = items.reduce((sum, [, unit, quantity]) => sum + unit * quantity, 0);
  expect(orderAt(sandbox, "#1001")).toMatchObject({ order: { order_amount_subtotal, products } });
});

test.each([
  ["more off its lines than its discount", rows("85.00", ["MIXED", "10.00"], TENT, MUGS)],
  ["a subtotal above its lines", rows("101.00", ["", "0.00"], TENT, MUGS)],
  ["no subtotal", rows("", ["", "0.00"], TENT, MUGS)],
  ["a discount that is no amount", rows("100.00", ["", "0.00"], [1, "100.00", "ten", "TENT"])],
])("an order in Shopify's export with %s is an error", async (_, text) => {
  const { run } = await aDesk("orders.csv", text);
  const { code, stdout } = await run();
  expect(code).toBe(1);
  expect(stdout).toContain("do not come to Subtotal");
});

test.each([
  ["for Jane Doe, sales", []],
  ["Sorry, Jane", []],
  ["AFF10, for Jane", ["AFF10"]],
  ["TEN-OFF, welcome5, for Jane", ["TEN-OFF", "welcome5"]],
])("of the discount code %s only the codes are sent, and not what staff wrote", async (cell, codes) => {
  const text = rows("90.00", [`"${cell}"`, "10.00"], TENT, MUGS);
  const { sandbox, run } = await aDesk("orders.csv", text);
  const { code, stdout } = await run("--send", "--json");
  expect(code).toBe(0);
  expect(JSON.parse(stdout).problems).toContainEqual(
    expect.objectContaining({ field: "coupon_codes", severity: "warning" }),
  );
  expect(orderAt(sandbox, "#1001")).toMatchObject({ order: { coupon_codes: codes } });
  expect(JSON.stringify(sandbox.requests) + stdout).not.toContain("Jane");
});

test.each([
  ["welcome", ["welcome"]],
  ["SAVE10, FREESHIP", ["SAVE10", "FREESHIP"]],
])("the discount code %s is sent as the shopper typed it", async (cell, codes) => {
  const { sandbox, run } = await aDesk("orders.csv", rows("90.00", [`"${cell}"`, "10.00"], TENT, MUGS));
  const { stdout } = await run("--send", "--json");
  expect(stdout).not.toContain("coupon_codes");
  expect(orderAt(sandbox, "#1001")).toMatchObject({ order: { coupon_codes: codes } });
});
