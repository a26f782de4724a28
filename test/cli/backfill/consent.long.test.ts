import { describe, expect, test } from "vitest";
import { aContext, anOrder } from "../../support/orders.ts";
import { aDesk, ndjson, numbersAt } from "./a-desk.ts";

const HEAD = "order_number,currency,new_customer,country,sku,unit_price,quantity,consent\n";

describe("a shopper's denial", () => {
  test("counts however a CSV file writes it, and what says neither yes nor no is a fault", async () => {
    const rows = ["1,USD,no,US,A,10,1,DENIED", "2,USD,no,US,A,10,1,Granted", "3,USD,no,US,A,10,1,no"];
    const { sandbox, run } = await aDesk("orders.csv", HEAD + rows.join("\n"));
    expect((await run("--send")).code).toBe(1);
    expect(sandbox.requests).toHaveLength(0);
    const { stdout } = await run("--send", "--skip-faulty", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      sendable: 1,
      denied: 1,
      problems: [{ line: 4, field: "consent", rule: "file" }],
    });
    expect(numbersAt(sandbox)).toEqual(["2"]);
  });

  test.each(["gpc", "Sec-GPC", "Marketing Consent", "consent_status", "opt-out", "globalPrivacyControl"])(
    "in a column %j is a fault, not an ignored column",
    { timeout: 60_000 },
    async (title) => {
      const rows = [
        `order_number,currency,subtotal,avad,${title}`,
        "1,USD,10,77_a,1",
        "2,USD,10,77_b,denied",
      ];
      const { sandbox, run } = await aDesk("orders.csv", rows.join("\n"));
      const { code, stderr } = await run("--send");
      expect(code).toBe(1);
      expect(stderr).toContain(`--map "${title}=consent"`);
      expect(sandbox.requests).toHaveLength(0);
      expect((await run("--send", "--map", `${title}=`)).code).toBe(0);
      expect(sandbox.orders).toHaveLength(2);
    },
  );

  test("is read in a column of its name beside a platform's, and asked for beside another column", {
    timeout: 60_000,
  }, async () => {
    const head = "Name,Financial Status,Currency,Subtotal,Lineitem quantity,Lineitem price,Lineitem sku";
    const shopify = (titles: string) =>
      `${head},${titles}\n#1,paid,USD,5,1,5,A,denied,granted\n#2,paid,USD,5,1,5,A,,\n`;
    const { sandbox, run } = await aDesk("orders.csv", shopify("consent,note"));
    expect(JSON.parse((await run("--send", "--json")).stdout)).toMatchObject({ denied: 1, sendable: 1 });
    expect(numbersAt(sandbox)).toEqual(["#2"]);
    const asked = await aDesk("orders.csv", shopify("note,cookie consent"));
    expect((await asked.run()).stderr).toContain('--map "cookie consent=consent"');
    const both = await aDesk("orders.csv", `${HEAD.trim()},gpc\n1,USD,no,US,A,10,1,granted,1\n`);
    expect((await both.run()).stderr).toContain('--map "gpc="');
  });

  test("counts however a line of JSON writes it, and what says neither yes nor no is a fault", async () => {
    const refused = [
      { context: { ...aContext(), consent: "Denied" } },
      { context: { avantlink_version: "1", avantlink_avad: "77_f3", avantlink_consent: "DENIED" } },
      { context: { avantlink_version: "1", avantlink_avad: "77_f3", consent: "denied" } },
      { context: { avantlink_version: "1", avantlink_avad: "77_f3", gpc: true } },
      { consent: "denied" },
    ];
    const unclear = [
      { context: { ...aContext(), gpc: "1" } },
      { context: { ...aContext(), gpc: 1 } },
      { context: { ...aContext(), consent: false } },
      { context: { avantlink_version: "1", avantlink_gpc: "true" } },
      { context: "denied" },
      { marketingConsent: "denied" },
      { context: { ...aContext(), "sec-gpc": "1" } },
      { order: { ...anOrder({ orderNumber: "13" }), context: { consent: "denied" } } },
    ];
    const granted = [
      { context: { ...aContext(), consent: "GRANTED", gpc: false } },
      { context: { ...aContext(), consent: "", gpc: null } },
    ];
    const lines = [...refused, ...unclear, ...granted].map((fields, index) => ({
      ...anOrder({ orderNumber: `${index + 1}` }),
      ...fields,
    }));
    const { sandbox, run } = await aDesk("orders.ndjson", ndjson(lines));
    const { stdout } = await run("--send", "--skip-faulty", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      denied: refused.length,
      faulty: unclear.length,
      sendable: granted.length,
    });
    expect(numbersAt(sandbox).sort()).toEqual(["14", "15"]);
  });
});

describe("an order whose pieces stand apart", () => {
  test("is not sent when its shopper refused in one of them, whichever comes first", async () => {
    const rows = [
      "1,USD,no,US,A,10,1,denied",
      "2,USD,no,US,A,10,1,",
      "3,USD,no,US,A,10,1,",
      "1,USD,no,US,B,50,1,",
      "2,USD,no,US,B,50,1,denied",
    ];
    const { sandbox, run } = await aDesk("orders.csv", HEAD + rows.join("\n"));
    expect((await run("--send")).code).toBe(1);
    const { stdout } = await run("--send", "--skip-faulty", "--json");
    expect(JSON.parse(stdout)).toMatchObject({
      sendable: 1,
      repeated: 2,
      denied: 2,
      sales: { USD: 10 },
      sent: { delivered: 1 },
    });
    expect(numbersAt(sandbox)).toEqual(["3"]);
  });

  test("is not sent when one of them is faulty, whichever comes first", async () => {
    const rows = [
      "1,dollars,no,US,A,10,1,",
      "2,USD,no,US,A,10,1,",
      "3,USD,maybe,US,A,10,1,",
      "4,USD,no,US,A,10,1,",
      "1,USD,no,US,B,50,1,",
      "2,USD,no,US,B,50,1,,",
      "3,USD,no,US,B,50,1,",
    ];
    const { sandbox, run } = await aDesk("orders.csv", HEAD + rows.join("\n"));
    const { stdout } = await run("--send", "--skip-faulty", "--json");
    expect(JSON.parse(stdout)).toMatchObject({ sendable: 1, repeated: 3, sales: { USD: 10 } });
    expect(numbersAt(sandbox)).toEqual(["4"]);
  });

  test("is known by the number that is sent, where that is not the one which is written", async () => {
    const orders = [
      anOrder({ orderNumber: "jane@shop.example" }),
      anOrder({ orderNumber: "2" }),
      anOrder({ orderNumber: "Jane@shop.example" }),
    ];
    const { sandbox, run } = await aDesk("orders.ndjson", ndjson(orders));
    await run("--send", "--skip-faulty");
    expect(numbersAt(sandbox)).toEqual(["2"]);
  });
});
