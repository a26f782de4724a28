import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Verdict } from "@avantlink-s2s/core";
import { orderKey } from "@avantlink-s2s/core/adapter";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { describe, expect, test } from "vitest";
import { testClock } from "../../support/clock.ts";
import { runCommand } from "../../support/command-line.ts";
import { MERCHANT_ID } from "../../support/orders.ts";
import { aFolder } from "../stores.ts";

const HEADER =
  "Merchant ID,Transaction/Order ID,Product ID/SKU,Return Item Amount,Return Item Quantity,Return Reason Code\n";

interface Delivered {
  readonly orderNumber: string;
  readonly subtotal: number;
  readonly currency?: string;
  /** @default 2026-11-20T12:00:00Z */
  readonly acceptedAt?: string;
  readonly verdict?: Verdict;
}

/** An outbox with delivered orders, and the command on it. */
async function aDesk(orders: readonly Delivered[]) {
  const folder = await aFolder();
  const path = join(folder, "orders.db");
  const outbox = sqliteOutbox({ path });
  await outbox.open(testClock({ start: Date.parse("2026-11-28T00:00:00Z") }), () => {});
  const verdicts = new Map(orders.map(({ orderNumber, verdict }) => [orderNumber, verdict]));
  await Promise.all(
    orders.map(({ orderNumber, subtotal, currency = "USD", acceptedAt = "2026-11-20T12:00:00Z" }) =>
      outbox.put({
        key: orderKey(MERCHANT_ID, orderNumber),
        kind: "order",
        orderNumber,
        body: "{}",
        acceptedAt: Date.parse(acceptedAt),
        summary: { contentHash: "ab".repeat(32), currency, subtotal, lines: 1 },
      }),
    ),
  );
  await outbox.deliverDue(async ({ orderNumber }) => verdicts.get(orderNumber) ?? { status: "delivered" }, {
    concurrency: 50,
    timeoutMs: 60_000,
  });
  await outbox.close();
  return {
    folder,
    async run(text: string | Buffer, ...args: string[]) {
      const file = join(folder, "refunds");
      await writeFile(file, text);
      const given = ["returns", file, "--sqlite", path, "--out", folder, "--time-zone", "UTC", ...args];
      return runCommand(given, {
        env: { AVANTLINK_MERCHANT_ID: MERCHANT_ID, AVANTLINK_MERCHANT_NUMBER: "12345" },
      });
    },
    read: (day: string, number = "12345") => readFile(join(folder, `returns_${number}_${day}.csv`), "utf8"),
  };
}

describe("a day of 200 orders with 40 refunds", () => {
  // Order 1000 + i has one item at (10 + i).00 and two at 2.55 each.
  const NETWORKS = [
    { network: "USD", number: "10001", per: "order", from: 0, count: 100, refunds: 20 },
    { network: "CAD", number: "20002", per: "item", from: 100, count: 60, refunds: 12 },
    { network: "AUD", number: "30003", per: "item", from: 160, count: 40, refunds: 8 },
  ] as const;
  const orders = NETWORKS.flatMap(({ network, from, count }) =>
    Array.from({ length: count }, (_, index) => ({
      orderNumber: `${1000 + from + index}`,
      currency: network,
      subtotal: Number((10 + from + index + 5.1).toFixed(2)),
    })),
  );

  /** A refund of each kind in turn: whole, an amount or one item, one peg, everything by item. */
  const refundsOf = ({ network, per, from, refunds }: (typeof NETWORKS)[number]) =>
    Array.from({ length: refunds }, (_, index) => {
      const base = {
        orderNumber: `${1000 + from + index}`,
        refundedAt: "2026-11-28T10:00:00Z",
        currency: network,
      };
      const tent = { sku: `TENT-${index}`, unitPrice: `${10 + from + index}`, quantity: 1 };
      const peg = (quantity: number) => ({ sku: "PEG, 20 cm", unitPrice: 2.55, quantity });
      if (index % 4 === 0) return { ...base, reason: "canceled" };
      if (index % 4 === 1)
        return per === "order"
          ? { ...base, amount: "4.5", reason: "ADJUSTMENT" }
          : { ...base, items: [tent] };
      if (index % 4 === 2) return { ...base, items: [peg(1)], reason: "" };
      return { ...base, items: [tent, peg(2)], reason: "FRAUD" };
    });

  const expectedRows = ({ number, per, from, refunds }: (typeof NETWORKS)[number]) =>
    Array.from({ length: refunds }, (_, index) => {
      const start = `${number},${1000 + from + index},`;
      const price = `${10 + from + index}.00`;
      if (index % 4 === 0) return `${start},,,CANCELED\n`;
      if (per === "order") {
        if (index % 4 === 1) return `${start},4.50,,ADJUSTMENT\n`;
        return index % 4 === 2 ? `${start},2.55,,RETURN\n` : `${start},${15 + from + index}.10,,FRAUD\n`;
      }
      if (index % 4 === 1) return `${start}TENT-${index},${price},1,RETURN\n`;
      if (index % 4 === 2) return `${start}"PEG, 20 cm",2.55,1,RETURN\n`;
      return `${start}TENT-${index},${price},1,FRAUD\n${start}"PEG, 20 cm",2.55,2,FRAUD\n`;
    }).join("");

  test("gives one file a network, byte for byte, and the same file again", { timeout: 60_000 }, async () => {
    const desk = await aDesk(orders);
    const refunds = NETWORKS.flatMap(refundsOf);
    expect(orders).toHaveLength(200);
    expect(refunds).toHaveLength(40);
    for (const one of NETWORKS) {
      const { network, number, per } = one;
      const args = ["--network", network, "--merchant-number", number, "--per", per, "--json"];
      const ndjson = (list: readonly object[]) =>
        list.map((refund) => `${JSON.stringify(refund)}\n`).join("");
      const first = await desk.run(ndjson(refunds), ...args);
      expect(first.code, first.stderr).toBe(0);
      expect(JSON.parse(first.stdout).listed).toHaveLength(40 - one.refunds);
      expect(await desk.read("2026_11_28", number)).toBe(HEADER + expectedRows(one));
      const again = await desk.run(ndjson(refunds.toReversed()), ...args);
      expect(JSON.parse(again.stdout).files).toMatchObject([{ written: false }]);
      expect(again.code).toBe(0);
    }
    expect((await readdir(desk.folder)).filter((name) => name.startsWith("returns_"))).toEqual([
      "returns_10001_2026_11_28.csv",
      "returns_20002_2026_11_28.csv",
      "returns_30003_2026_11_28.csv",
    ]);
  });
});

test("several partial refunds never exceed their order, over days and runs too", {
  timeout: 60_000,
}, async () => {
  const desk = await aDesk([
    { orderNumber: "1001", subtotal: 100 },
    { orderNumber: "1002", subtotal: 50 },
  ]);
  const monday = "order_number,refunded_at,amount\n1001,2026-11-23,60\n1002,2026-11-23,20\n";
  expect((await desk.run(monday, "--network", "USD", "--currency", "USD")).code).toBe(0);
  expect(await desk.read("2026_11_23")).toBe(
    `${HEADER}12345,1001,,60.00,,RETURN\n12345,1002,,20.00,,RETURN\n`,
  );
  // The rest of 1001 fits, the rest of 1002 is asked for as the whole order, and then nothing is left.
  const later =
    "order_number,refunded_at,amount\n1001,2026-11-24,60\n1002,2026-11-24,\n1001,2026-11-25,1\n1002,2026-11-26,5\n";
  const { stdout, code } = await desk.run(later, "--network", "USD", "--currency", "USD", "--json");
  expect(code).toBe(0);
  expect(await desk.read("2026_11_24")).toBe(
    `${HEADER}12345,1001,,40.00,,RETURN\n12345,1002,,30.00,,RETURN\n`,
  );
  expect(JSON.parse(stdout)).toMatchObject({
    files: [{ day: "2026-11-24", rows: 2 }],
    listed: [
      { orderNumber: "1001", day: "2026-11-24", reason: "cut" },
      { orderNumber: "1001", day: "2026-11-25", reason: "over-the-order" },
      { orderNumber: "1002", day: "2026-11-26", reason: "over-the-order" },
    ],
  });
  const changed = await desk.run(monday.replace("60", "61"), "--network", "USD", "--currency", "USD");
  expect(changed.code).toBe(2);
  expect(changed.stderr).toContain("It holds other returns");
});

describe("what other files of the folder returned", { timeout: 60_000 }, () => {
  const run = async (desk: Awaited<ReturnType<typeof aDesk>>, rows: string, ...args: string[]) =>
    desk.run(`order_number,refunded_at,amount\n${rows}`, "--network", "USD", "--currency", "USD", ...args);
  const file = (...rows: string[]) => HEADER + rows.map((row) => `12345,${row},,RETURN\n`).join("");

  test("counts for an earlier day of which the input holds only a part", async () => {
    const desk = await aDesk([
      { orderNumber: "X", subtotal: 100 },
      { orderNumber: "Y", subtotal: 10 },
    ]);
    expect((await run(desk, "X,2026-11-27,60\n")).code).toBe(0);
    const edge = "Y,2026-11-27,10\nX,2026-11-28,60\n";
    expect((await run(desk, edge, "--date", "2026-11-28")).code).toBe(0);
    expect(await desk.read("2026_11_28")).toBe(file("X,,40.00"));
    expect(await desk.read("2026_11_27")).toBe(file("X,,60.00"));
    expect((await run(desk, edge, "--date", "2026-11-28")).stdout).toContain("unchanged");
  });

  test("counts for a later day, if the file of this day is made after it", async () => {
    const desk = await aDesk([{ orderNumber: "X", subtotal: 100 }]);
    const refunds = "X,2026-11-28,60\nX,2026-11-29,\n";
    expect((await run(desk, "X,2026-11-29,\n")).code).toBe(0);
    const late = await run(desk, refunds, "--date", "2026-11-28", "--json");
    expect(JSON.parse(late.stdout)).toMatchObject({ files: [], listed: [{ reason: "over-the-order" }] });
    expect(await desk.read("2026_11_29")).toBe(file("X,,"));
  });

  test("does not change the file of a day that was made before theirs", async () => {
    const desk = await aDesk([{ orderNumber: "X", subtotal: 100 }]);
    expect((await run(desk, "X,2026-11-28,60\n")).code).toBe(0);
    expect((await run(desk, "X,2026-11-29,60\n")).code).toBe(0);
    expect(await desk.read("2026_11_29")).toBe(file("X,,40.00"));
    for (const force of [[], ["--force"]]) {
      const again = await run(desk, "X,2026-11-28,60\n", ...force);
      expect(again.stdout).toContain("unchanged");
      expect(again.code).toBe(0);
    }
  });

  test("stops the command before any file is written, if one of the days has other returns now", async () => {
    const desk = await aDesk([
      { orderNumber: "X", subtotal: 100 },
      { orderNumber: "Y", subtotal: 10 },
    ]);
    expect((await run(desk, "X,2026-11-28,60\n")).code).toBe(0);
    for (const rows of ["X,2026-11-27,60\nX,2026-11-28,60\n", "X,2026-11-27,60\nstranger,2026-11-28,60\n"]) {
      const { code, stderr } = await run(desk, rows);
      expect(code).toBe(2);
      expect(stderr).toContain("It holds other returns");
      expect((await readdir(desk.folder)).filter((name) => name.startsWith("returns_"))).toEqual([
        "returns_12345_2026_11_28.csv",
      ]);
    }
  });
});

test("lists with the reason what must not be in the file", { timeout: 60_000 }, async () => {
  const desk = await aDesk([
    { orderNumber: "old", subtotal: 10, acceptedAt: "2026-10-28T23:00:00Z" },
    { orderNumber: "in-time", subtotal: 10, acceptedAt: "2026-10-29T01:00:00Z" },
    { orderNumber: "euro", subtotal: 10, currency: "EUR" },
    {
      orderNumber: "refused",
      subtotal: 10,
      verdict: { status: "dead", reason: { code: "delivery.refused", message: "" } },
    },
    { orderNumber: "shipped", subtotal: 10 },
  ]);
  const rows = ["old", "in-time", "euro", "refused", "stranger", "shipped"].map(
    (number) =>
      `${number},2026-11-28,${number === "euro" ? "EUR" : "USD"},,${number === "shipped" ? "3" : ""}\n`,
  );
  const csv = `order_number,refunded_at,currency,reason,amount\n${rows.join("")}`;
  const { stdout } = await desk.run(csv, "--network", "USD", "--per", "item", "--json");
  const { listed } = JSON.parse(stdout);
  expect(listed.map(({ orderNumber, reason }: Record<string, string>) => [orderNumber, reason])).toEqual([
    ["euro", "other-currency"],
    ["old", "over-30-days"],
    ["refused", "not-delivered"],
    ["shipped", "no-items"],
    ["stranger", "unknown-order"],
  ]);
  expect(await desk.read("2026_11_28")).toBe(`${HEADER}12345,in-time,,,,RETURN\n`);
  const text = await desk.run(csv, "--network", "USD", "--per", "item");
  expect(text.stdout).toMatch(/old +2026-11-28 +2 +is more than 30 days after the order/);
});

test("numbers and SKUs are written exactly, and those that a spreadsheet would compute are named", async () => {
  const desk = await aDesk([{ orderNumber: "=1+1", subtotal: 30 }]);
  const csv = `order_number;refunded_at;currency;amount;sku;quantity;reason
=1+1;2026-11-28;USD;7.50 ; =A1,B" ;2;Return
=1+1;2026-11-28;USD;5;-007;1;
`.replace('=A1,B"', '"=A1,B"""');
  const { code, stderr } = await desk.run(csv, "--network", "USD", "--per", "item");
  expect(code, stderr).toBe(0);
  expect(await desk.read("2026_11_28")).toBe(
    `${HEADER}12345,=1+1,-007,5.00,1,RETURN\n12345,=1+1,"=A1,B""",7.50,2,RETURN\n`,
  );
  expect(stderr).toContain("do not open and save the file in a spreadsheet");
});

test("a day begins in the shop's time zone", async () => {
  const desk = await aDesk([{ orderNumber: "1001", subtotal: 30 }]);
  const refund = { orderNumber: "1001", refundedAt: "2026-11-29T03:00:00Z", currency: "USD" };
  const zone = ["--network", "USD", "--time-zone", "America/New_York"];
  expect((await desk.run(JSON.stringify(refund), ...zone)).code).toBe(0);
  expect(await desk.read("2026_11_28")).toBe(`${HEADER}12345,1001,,,,RETURN\n`);
  const other = await desk.run(JSON.stringify(refund), ...zone, "--date", "2026-11-27");
  expect(other.stdout).toContain("There is nothing to return.");
});

test.each([
  ["order_number,refunded_at,currency,reason\n1001,2026-11-28,USD,RETURNS\n", "is none of ADJUSTMENT"],
  ["order_number,refunded_at,currency,amount\n1001,2026-11-28,USD,-5\n", "is no positive amount"],
  ["order_number,refunded_at,currency,amount\n1001,2026-11-28,USD,$5\n", "is no positive amount"],
  ["order_number,refunded_at,currency\n1001,28.11.2026,USD\n", "is no day such as"],
  ["order_number,refunded_at,currency\n1001,2026-11-28T10:00:00,USD\n", "is no day such as"],
  ["order_number,refunded_at\n1001,2026-11-28\n", "is no code such as USD"],
  ["order_number,refunded_at,currency\n1.001E+15,2026-11-28,USD\n", "was shortened by a spreadsheet"],
  ["order_number,refunded_at,currency,amount,sku\n1001,2026-11-28,USD,5,A\n", "no whole quantity"],
  ["order_number,refunded_at,currency\n1001,2026-11-28,USD\n1001,2026-11-28,USD\n", "is identical to line 2"],
  ['{"orderNumber":"1001"\n', "is not JSON"],
  ["order_number,refunded_at,currency\n1001,2026-02-30,USD\n", "is no day such as"],
  ["order_number,refunded_at,currency\n1001,2026-02-30T10:00:00Z,USD\n", "is no day such as"],
  [
    "order_number,refunded_at,currency,refund total\n1001,2026-11-28,USD,5\n",
    '"refund_total" is not recognized',
  ],
  [
    '{"orderNumber":"1001","refundedAt":"2026-11-28","currency":"USD","sku":"A"}\n',
    '"sku" is not recognized',
  ],
  ["order_number,refunded_at,currency,amount,sku,quantity\n1001,2026-11-28,USD,,,2\n", "have no SKU"],
  ['{"orderNumber":"1001","refundedAt":"2026-11-28","currency":"USD","items":"A"}\n', "have no SKU"],
])("%j is a fault, and ends with 1", async (text, message) => {
  const desk = await aDesk([{ orderNumber: "1001", subtotal: 30 }]);
  const { code, stdout, stderr } = await desk.run(text, "--network", "USD");
  expect(stdout.replaceAll(/\s+/g, " "), stderr).toContain(message);
  expect(code).toBe(1);
});

test("the UUID is refused as the merchant number, with the sentence about the two numbers", async () => {
  const desk = await aDesk([]);
  const { code, stderr } = await desk.run(
    "order_number\n",
    "--network",
    "USD",
    "--merchant-number",
    MERCHANT_ID,
  );
  expect(code).toBe(2);
  expect(stderr).toContain("a UUID for server-to-server calls, and a merchant number of 4 to 6 digits");
});

test.each([
  ["1001,2026-11-28,USD,5,7", 'has 5 cells in line 2, but the header has 4. Put a cell that contains a ","'],
  ['1001,2026-11-28,USD,5"', "has a quote inside"],
  ['1001,2026-11-28,USD,"5', "opens a quote that is never closed"],
])("the row %j makes the whole file unreadable, as a backfill would say", async (row, message) => {
  const desk = await aDesk([{ orderNumber: "1001", subtotal: 30 }]);
  const csv = `order_number,refunded_at,currency,amount\n${row}\n`;
  const { code, stderr } = await desk.run(csv, "--network", "USD");
  expect(stderr).toContain(`Line 2 ${message}`);
  expect(code).toBe(1);
});

test.each([
  ["", "is empty"],
  ['[{"orderNumber":"1001"}]', "is a JSON array"],
])("a file with %j holds no refunds in lines", async (text, message) => {
  const desk = await aDesk([]);
  for (const platform of [[], ["--platform", "shopify"]]) {
    const { code, stderr } = await desk.run(text, "--network", "USD", ...platform);
    expect(stderr).toContain(message);
    expect(code).toBe(1);
  }
});

test("a file of another day that a spreadsheet saved again is an error, not a day without returns", async () => {
  const desk = await aDesk([{ orderNumber: "1001", subtotal: 100 }]);
  const saved = `${HEADER}12345,1001,,80.00,,RETURN\n`.replaceAll(",", ";");
  await writeFile(join(desk.folder, "returns_12345_2026_11_27.csv"), saved);
  const csv = "order_number,refunded_at,currency,amount\n1001,2026-11-28,USD,80\n";
  const { code, stderr } = await desk.run(csv, "--network", "USD");
  expect(stderr).toContain("is not as this command writes it");
  expect(code).toBe(1);
});

test("two columns with one meaning are an error, so that neither amount is a guess", async () => {
  const desk = await aDesk([]);
  const csv = "order_number,refunded_at,currency,amount,Amount\n1001,2026-11-28,USD,5,7\n";
  const { code, stderr } = await desk.run(csv, "--network", "USD");
  expect(stderr).toContain('Line 1: two columns mean "amount".');
  expect(code).toBe(1);
});

test.each([
  ["NDJSON", '\uFEFF{"orderNumber":"1001","refundedAt":"2024-02-29","currency":"USD","amount":5}\r\n'],
  ["CSV", "\uFEFForder_number;refunded_at;currency;amount\r\n1001;2024-02-29;USD;5\r\n"],
  ["CSV with sep=", "\uFEFFsep=|\r\nOrder Number|refunded-at|currency|amount\r\n1001|2024-02-29|USD|5\r\n"],
  [
    "CSV with the other separator in a cell",
    "order_number,refunded_at,currency,amount,note\n1001,2024-02-29,USD,5,a;b\n",
  ],
])("%s is read as Windows writes it, in UTF-8 and UTF-16", async (_, text) => {
  const desk = await aDesk([{ orderNumber: "1001", subtotal: 30, acceptedAt: "2024-02-01T12:00:00Z" }]);
  for (const encoding of ["utf8", "utf16le"] as const) {
    const { code, stdout, stderr } = await desk.run(Buffer.from(text, encoding), "--network", "USD");
    expect(code, stdout + stderr).toBe(0);
    expect(await desk.read("2024_02_29")).toBe(`${HEADER}12345,1001,,5.00,,RETURN\n`);
  }
});

test("a platform's own refunds become rows", async () => {
  const desk = await aDesk([{ orderNumber: "VT9", subtotal: 100 }]);
  const order = {
    code: "VT9",
    currencyCode: "USD",
    totalWithTax: 12_000,
    lines: [{ id: "1", quantity: 4, productVariant: { sku: "SCARF" }, proratedLinePrice: 10_000 }],
    payments: [
      {
        refunds: [
          {
            id: "7",
            createdAt: "2026-11-28T10:00:00Z",
            state: "Pending",
            total: 3_000,
            lines: [{ orderLineId: "1", quantity: 1 }],
          },
          { id: "8", createdAt: "2026-11-28T11:00:00Z", state: "Failed", total: 3_000, lines: [] },
        ],
      },
    ],
  };
  const line = `${JSON.stringify(order)}\n`;
  // An order that stands in the file twice holds the same refund.
  const { code, stderr } = await desk.run(
    line + line,
    "--platform",
    "vendure",
    "--network",
    "USD",
    "--per",
    "item",
  );
  expect(code, stderr).toBe(0);
  expect(await desk.read("2026_11_28")).toBe(`${HEADER}12345,VT9,SCARF,25.00,1,RETURN\n`);
});

test("a part of the payment, as the mappers of platforms give it, is that part of the order", async () => {
  const desk = await aDesk([{ orderNumber: "1001", subtotal: 80 }]);
  const refund = { orderNumber: "1001", refundedAt: "2026-11-28", currency: "USD" };
  const share = { refunded: "50", paid: "100" };
  expect((await desk.run(JSON.stringify({ ...refund, share }), "--network", "USD")).code).toBe(0);
  expect(await desk.read("2026_11_28")).toBe(`${HEADER}12345,1001,,40.00,,RETURN\n`);
  const faulty = await desk.run(JSON.stringify({ ...refund, share: { refunded: "50" } }), "--network", "USD");
  expect(faulty.code).toBe(1);
});

test.each([null, "", " "])("a share of %o is none", async (share) => {
  const desk = await aDesk([{ orderNumber: "1001", subtotal: 80 }]);
  const refund = { orderNumber: "1001", refundedAt: "2026-11-28", currency: "USD", amount: "5", share };
  expect((await desk.run(JSON.stringify(refund), "--network", "USD")).code).toBe(0);
  expect(await desk.read("2026_11_28")).toBe(`${HEADER}12345,1001,,5.00,,RETURN\n`);
});

test("empty cells at the end of rows, and rows of them, are nothing", async () => {
  const desk = await aDesk([{ orderNumber: "1001", subtotal: 80 }]);
  const csv = "order_number,refunded_at,currency,amount,,\n1001,2026-11-28,USD,5,,\n,,,,,\n";
  expect((await desk.run(csv, "--network", "USD")).code).toBe(0);
  expect(await desk.read("2026_11_28")).toBe(`${HEADER}12345,1001,,5.00,,RETURN\n`);
});

test("the rest of an order has no row of its own under item-based commission", async () => {
  const desk = await aDesk([{ orderNumber: "1001", subtotal: 80 }]);
  const csv = `order_number,refunded_at,currency,amount,sku,quantity
1001,2026-11-27,USD,30,A,1
1001,2026-11-28,USD,,,
`;
  const { stdout } = await desk.run(csv, "--network", "USD", "--per", "item", "--json");
  expect(JSON.parse(stdout).listed).toMatchObject([{ orderNumber: "1001", reason: "no-items" }]);
  expect(await desk.read("2026_11_27")).toBe(`${HEADER}12345,1001,A,30.00,1,RETURN\n`);
});
