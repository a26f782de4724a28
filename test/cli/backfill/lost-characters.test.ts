import { expect, test } from "vitest";
import { aContext, anOrder } from "../../support/orders.ts";
import { aDesk, ndjson, numbersAt, orderAt } from "./a-desk.ts";

const HEAD = "order_number,currency,new_customer,country,coupon_codes,sku,unit_price,quantity,name\n";

test("a CSV file in Latin-1 is not sent with letters lost", async () => {
  const rows = [
    "1,USD,no,US,,MÜTZE,10,1,",
    "2,USD,no,US,MÄRZ10,HAT,10,1,",
    "Ä3,USD,no,US,,HAT,10,1,",
    "Ö3,USD,no,US,,HAT,10,1,",
    "5,USD,no,US,,HAT,10,1,Jürgen",
  ];
  const { sandbox, run } = await aDesk("orders.csv", Buffer.from(HEAD + rows.join("\n"), "latin1"));
  const { code, stdout } = await run("--send");
  expect(code).toBe(1);
  expect(stdout).toContain("the file is not UTF-8");
  expect(sandbox.requests).toHaveLength(0);

  const skipping = await run("--send", "--skip-faulty", "--json");
  expect(JSON.parse(skipping.stdout).problems).toMatchObject([
    { line: 2, field: "sku" },
    { line: 3, field: "coupon_codes" },
    // Two numbers that have become one.
    { line: 4, field: "order_number" },
  ]);
  // A column without a meaning may be as it is: nothing of it is sent.
  expect(numbersAt(sandbox)).toEqual(["5"]);
});

test("lines of JSON in Latin-1 are not sent with letters lost, and in UTF-8 they are whole", async () => {
  const orders = [
    { ...anOrder(), products: [{ sku: "MÜTZE", unitPrice: "10", quantity: 1 }] },
    { ...anOrder({ orderNumber: "2" }), context: aContext({ customTrackingCode: "März" }) },
  ];
  const latin1 = await aDesk("orders.ndjson", Buffer.from(ndjson(orders), "latin1"));
  expect(JSON.parse((await latin1.run("--json")).stdout)).toMatchObject({
    sendable: 0,
    problems: [{ field: "products[0].sku" }, { field: "context.customTrackingCode" }],
  });
  const utf8 = await aDesk("orders.ndjson", ndjson(orders));
  expect((await utf8.run("--send")).code).toBe(0);
  expect(orderAt(utf8.sandbox, "1001")).toMatchObject({ order: { products: [{ product_sku: "MÜTZE" }] } });
});
