import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCommand, startCommand } from "../../support/command-line.ts";
import { anOrder } from "../../support/orders.ts";
import { aDesk, ndjson, numbersAt, orderAt } from "./a-desk.ts";

const HEAD = "order_number,currency,country,new_customer,sku,unit_price,quantity,avad";
const FIRST = "1001,USD,US,true,A,19.99,1,77_a";
const SECOND = "1002,USD,US,false,B,5.00,2,";
const SECRET = "jane.doe@example.com";

/** The output of a check, of whatever stream. */
async function checkOf(text: string | Uint8Array, ...args: string[]) {
  const { run, sandbox } = await aDesk("orders.csv", text);
  const { code, stdout, stderr } = await run(...args);
  expect(sandbox.requests).toHaveLength(0);
  return { code, output: stdout + stderr };
}

describe("a file with a question left open is an error with line, column and remedy", () => {
  test.each([
    [
      "two columns of one name",
      [`${HEAD},currency`, `${FIRST},EUR`],
      ["Line 1", "columns 2 and 9", "currency", "remove one"],
    ],
    [
      "two titles of one meaning",
      ["order_number,currency,Unit Price,unit_price,sku,quantity", "1,USD,5.00,50.00,A,1"],
      ["columns 3 and 4", "unit_price", '--map "Unit Price="'],
    ],
    [
      "a near miss",
      [HEAD.replace("order_number", "OrderNumber"), FIRST],
      ['"OrderNumber"', '--map "OrderNumber=order_number"'],
    ],
    [
      "several near misses",
      [
        HEAD.replace("order_number", "Order ID").replace("quantity", "Qty").replace("unit_price", "price"),
        FIRST,
      ],
      ['--map "Order ID=order_number"', '--map "Qty=quantity"', '--map "price=unit_price"'],
    ],
    [
      "a near miss of a column that could be left out",
      [`${HEAD},Coupon`, `${FIRST},SAVE10`],
      ['--map "Coupon=coupon_codes"', '--map "Coupon="'],
    ],
    [
      "a missing column",
      ["order_number,sku,unit_price,quantity", "1,A,5,1"],
      ["no column currency", "--currency"],
    ],
    [
      "a blank order number",
      [HEAD, FIRST, ",USD,US,true,B,500,1,", "1003,USD,US,true,A,1,1,"],
      ["line 3: order_number", "is blank"],
    ],
    [
      "two identical rows",
      [HEAD, FIRST, FIRST],
      ["line 3: row", "identical to line 2", "sum of the quantities"],
    ],
    [
      "a number that Excel shortened",
      [HEAD, FIRST.replace("1001", "1.001E+15")],
      ["line 2: order_number", "Format the column as text"],
    ],
    [
      "Excel's text formula",
      [HEAD, FIRST.replace("1001", '="0012"')],
      ["line 2: order_number", "format the column as text"],
    ],
    [
      "Excel's text formula in quotes",
      [HEAD, FIRST.replace("1001", '"=""0012"""')],
      ["line 2: order_number", "Format the column as text"],
    ],
    [
      "an item without a quantity",
      [HEAD, FIRST, "1001,,,,MUG,14.50,,"],
      ["line 3: quantity", "is no whole number such as 2"],
    ],
    [
      "a quantity with a decimal comma",
      [HEAD.replaceAll(",", ";"), "1001;USD;US;true;A;19.99;2,00;"],
      ["line 2: quantity", "is no whole number such as 2"],
    ],
    ["a quantity in thousands", [HEAD, FIRST.replace(",1,", ',"1,000",')], ["line 2: quantity"]],
    ["an error value", [HEAD, FIRST.replace("19.99", "#REF!")], ["line 2: unit_price", "error value"]],
    ["a header and no orders", [HEAD], ["no orders, only a header"]],
    ["nothing at all", [], ["is empty"]],
    ["a JSON array", ["[]"], ["is a JSON array", "one order a line"]],
  ])("%s", async (_, lines, expected) => {
    const { code, output } = await checkOf(lines.join("\n"));
    expect(code).toBe(1);
    for (const part of expected) expect(output).toContain(part);
  });

  test("a stray quote, without a word of the cell", async () => {
    const { code, output } = await checkOf(`${HEAD},user_agent\n1001,USD,US,true,A,1,1,x,${SECRET} "JD"\n`);
    expect(code).toBe(1);
    expect(output).toContain("line 2: user_agent");
    expect(output).not.toContain(SECRET);
  });
});

describe("a file is read as it comes", () => {
  const text = `${HEAD}\n${FIRST}\n${SECOND}\n`;
  const utf16be = (given: string) => Buffer.from(given, "utf16le").swap16();
  test.each([
    ["semicolons", text.replaceAll(",", ";")],
    ["tabs", text.replaceAll(",", "\t")],
    ["Excel's sep= line", `sep=;\n${text.replaceAll(",", ";")}`],
    ["CRLF and a byte order mark", `\uFEFF${text.replaceAll("\n", "\r\n")}`],
    ["UTF-16 with a byte order mark", Buffer.from(`\uFEFF${text}`, "utf16le")],
    ["UTF-16 without one", Buffer.from(text, "utf16le")],
    ["big-endian UTF-16", utf16be(`\uFEFF${text}`)],
  ])("with %s", async (_, given) => {
    const { code, output } = await checkOf(given, "--json");
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ sendable: 2, faulty: 0, sales: { USD: 29.99 } });
  });

  test("NDJSON in UTF-16 with CRLF", async () => {
    const orders = ndjson([anOrder(), anOrder({ orderNumber: "Ä2" })]).replaceAll("\n", "\r\n");
    const { output } = await checkOf(Buffer.from(`\uFEFF${orders}`, "utf16le"), "--json");
    expect(JSON.parse(output)).toMatchObject({ sendable: 2, faulty: 0 });
  });

  test("with titles that --map explains, and with one currency for all", async () => {
    const { sandbox, run } = await aDesk("orders.csv", "Order ID,sku,price,Qty\n7,A,5,2\n");
    const map = ["Order ID=order_number", "price=unit_price", "Qty=quantity"].flatMap((one) => [
      "--map",
      one,
    ]);
    expect((await run("--send", "--currency", "EUR", ...map)).code).toBe(0);
    expect(orderAt(sandbox, "7")).toMatchObject({ order: { currency: "EUR", order_amount_subtotal: 10 } });
  });

  test("from stdin, with a state that is named", async () => {
    const { folder, sandbox, env } = await aDesk("unused.csv", "");
    const send = (...args: string[]) =>
      runCommand(["backfill", "-", "--send", "--yes", ...args], { env, stdin: text });
    expect(await send()).toMatchObject({ code: 2, stderr: expect.stringContaining("--state") });
    expect((await send("--state", join(folder, "sent.db"))).code).toBe(0);
    expect(numbersAt(sandbox).sort()).toEqual(["1001", "1002"]);
  });
});

test("a line that the tracker would not take for an order is a fault, and the others are sent", async () => {
  const order = (orderNumber: string, fields: object = {}) => ({ ...anOrder({ orderNumber }), ...fields });
  const lines = [
    order("1", { status: "unpaid" }),
    order("2", { status: "mapped" }),
    { status: "test", order: order("3") },
    order("4", { context: { clickId: "77_f3" } }),
    order("5", { status: "completed", context: {} }),
    { status: "mapped", order: order("6"), context: null },
  ];
  const { sandbox, run } = await aDesk("orders.ndjson", ndjson(lines));
  const { code, stdout } = await run("--send", "--skip-faulty", "--json");
  expect(
    JSON.parse(stdout).problems.filter(({ severity }: { severity: string }) => severity === "error"),
  ).toMatchObject([
    { line: 1, field: "status" },
    { line: 2, field: "status" },
    { line: 3, field: "status" },
    { line: 4, field: "context" },
  ]);
  expect(code).toBe(0);
  expect(numbersAt(sandbox).sort()).toEqual(["5", "6"]);
});

test("what comes from stdin is in no folder while it is sent, so that a kill leaves nothing behind", async () => {
  const { folder, sandbox, env } = await aDesk("unused.csv", "");
  const temporary = join(folder, "temporary");
  await mkdir(temporary);
  sandbox.fail({ hang: true });
  const args = ["backfill", "-", "--send", "--yes", "--state", join(folder, "sent.db")];
  const sending = startCommand(args, {
    env: { ...env, TMPDIR: temporary },
    stdin: `${HEAD}\n${FIRST}\n${SECOND}\n`,
  });
  await sandbox.waitForRequests(1, { timeoutMs: 30_000 });
  expect(await readdir(temporary)).toEqual([]);
  sending.process.kill("SIGKILL");
  await sending.finished;
});

describe("a platform's own export", () => {
  const shopify = [
    "Name,Email,Financial Status,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,Discount Amount,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing Province,Billing Country,Cancelled at",
    `#1001,${SECRET},paid,USD,18.00,5.00,1.50,24.50,SAVE2,2.00,1,Tent,15.00,TENT,Jane Doe,CO,US,`,
    `#1001,${SECRET},,,,,,,,,1,Peg,5.00,PEG,,,,`,
    `#1002,${SECRET},pending,USD,10.00,0.00,0.00,10.00,,0.00,1,Tent,10.00,TENT,Jane Doe,CO,US,`,
  ];

  test("of Shopify is sent without its unpaid orders, and without a word of the shopper", async () => {
    const { sandbox, run } = await aDesk("orders_export.csv", shopify.join("\n"));
    const { code, stdout } = await run("--send", "--json");
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ platform: "Shopify", sendable: 1, unpaid: 1 });
    expect(orderAt(sandbox, "#1001")).toMatchObject({
      order: {
        order_amount_subtotal: 18,
        coupon_codes: ["SAVE2"],
        products: [
          { product_sku: "TENT", product_amount: 13.5 },
          { product_sku: "PEG", product_amount: 4.5 },
        ],
      },
    });
    expect(JSON.stringify(sandbox.requests)).not.toContain(SECRET);
  });

  test.each([
    ["nothing else in its total", "23.00"],
    ["duties in its total too", "28.00"],
    ["no total", ""],
  ])("of Shopify with prices that include tax and %s is an error", async (_, total) => {
    const [head = ""] = shopify;
    const row = `#1001,${SECRET},paid,EUR,18.00,5.00,2.90,${total},,0.00,1,Tent,18.00,TENT,Jane Doe,,DE,`;
    const { code, output } = await checkOf(`${head}\n${row}\n`);
    expect(code).toBe(1);
    expect(output).toContain("prices with tax");
  });

  test("of WooCommerce needs only the currency that it lacks", async () => {
    const rows = [
      "Date,Order #,Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net sales,Attribution",
      '2026-01-02,1001,Completed,Jane Doe,New,"1× Tent, 2× Peg",3,save10,150.00,Direct',
      "2026-01-02,1002,Failed,Jane Doe,Returning,1× Tent,1,,50.00,Direct",
    ].join("\n");
    expect((await checkOf(rows)).output).toContain("--currency");
    const { sandbox, run } = await aDesk("orders.csv", rows);
    expect((await run("--send", "--currency", "USD")).code).toBe(0);
    expect(sandbox.orders.map(({ body }) => body)).toMatchObject([
      { order: { order_number: "1001", order_amount_subtotal: 150, customer: { new_customer: true } } },
    ]);
  });
});

describe("before anything is sent", () => {
  test("the plan is printed, and without a terminal only --yes sends", async () => {
    const { file, sandbox, env } = await aDesk("orders.ndjson", ndjson([anOrder()]));
    const { code, stderr } = await runCommand(["backfill", file, "--send"], { env });
    expect(code).toBe(2);
    for (const part of [
      new URL(sandbox.url).host,
      env.AVANTLINK_MERCHANT_ID,
      "1 order, 261.95 USD",
      "an order of today",
      `${file}.sent.db`,
      "--yes",
    ])
      expect(stderr).toContain(part);
    expect(sandbox.requests).toHaveLength(0);
  });

  test("the plan names the ignored columns and counts the warnings", async () => {
    const rows = [`${HEAD},Note`, `${FIRST},x`, "1002,USD,US,false,,5.00,1,,y"];
    const { run } = await aDesk("orders.csv", rows.join("\n"));
    const { code, stderr } = await run("--send");
    expect(code).toBe(0);
    expect(stderr).toContain("Ignored:   the columns Note");
    expect(stderr).toMatch(/Warnings: +[1-9]\d*;/);
  });

  test("the time of --for ends a run that AvantLink does not confirm, and the command to go on is printed", async () => {
    const { file, sandbox, run } = await aDesk("orders.ndjson", ndjson([anOrder()]));
    const lift = sandbox.fail({ status: 503 });
    const { code, stdout, stderr } = await run("--send", "--json", "--for", "2s");
    lift();
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ sent: { delivered: 0, waiting: 1 } });
    expect(stderr).toContain("confirms no order at present");
    expect(stderr).toContain("the time of --for is over");
    expect(stderr).toContain(`1 order left. Continue with: avantlink-s2s backfill ${file}`);
  });
});

test("a quantity may have decimals that are zero", async () => {
  const { output } = await checkOf([HEAD, FIRST.replace(",1,", ",2.00,")].join("\n"), "--json");
  expect(JSON.parse(output)).toMatchObject({ sendable: 1, sales: { USD: 39.98 } });
});

test("every currency's sum has its own digits", async () => {
  const rows = [HEAD, FIRST, "1002,JPY,JP,false,B,1200,1,", "1003,KWD,KW,false,B,1.234,1,"];
  const { output } = await checkOf(rows.join("\n"));
  expect(output).toContain("19.99 USD, 1,200 JPY, 1.234 KWD");
});

test("a file that is not there is named, with the reason in words", async () => {
  const { folder } = await aDesk("orders.csv", "");
  const { code, stderr } = await runCommand(["backfill", join(folder, "none.csv")]);
  expect(code).toBe(3);
  expect(stderr).toContain("no such file or directory");
  expect(stderr).not.toContain("ENOENT");
  await writeFile(join(folder, "orders.csv"), "");
});
