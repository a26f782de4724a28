import { type Finding, type Sandbox, startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { clickBody, orderBody, type PostOptions, post } from "./payloads.ts";

const sandbox: Sandbox = await startSandbox();
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

type Order = ReturnType<typeof orderBody>;

/** Posts an order with a change and answers what was found in it. */
async function findingsOf(
  change: (order: Order) => unknown,
  options?: PostOptions,
): Promise<readonly Finding[]> {
  const body = orderBody();
  const replaced = change(body);
  await post(sandbox, "order", typeof replaced === "string" ? replaced : body, options);
  return sandbox.orders.at(-1)?.findings ?? [];
}

const brief = (findings: readonly Finding[]) => findings.map(({ severity, path }) => `${severity} ${path}`);

it("finds nothing in an order and a click that are right", async () => {
  await post(sandbox, "click", clickBody());
  expect(sandbox.clicks[0]?.findings).toEqual([]);
  expect(await findingsOf(() => {})).toEqual([]);
});

it("finds nothing in a guest's order without token, referrer, IP address or coupon", async () => {
  const found = await findingsOf((body) => {
    body.tracking_ids.avantlink_avad = "";
    body.referrer_url = "";
    body.user_ip_address = "";
    body.order.coupon_codes = [];
  });
  expect(found).toEqual([]);
});

describe("the shape of the body", () => {
  it.each<[string, (body: Order) => unknown, string[]]>([
    ["a field that is missing", (b) => Reflect.deleteProperty(b.order, "currency"), ["error order.currency"]],
    [
      "an optional field that is missing",
      (b) => Reflect.deleteProperty(b, "google_click_id"),
      ["info google_click_id"],
    ],
    [
      "a whole object that is missing",
      (b) => Reflect.deleteProperty(b.order, "customer"),
      ["error order.customer"],
    ],
    [
      "a field that the article does not have",
      (b) => Object.assign(b.order, { couponCodes: [] }),
      ["warning order.couponCodes"],
    ],
    [
      "a __proto__ of the sender's",
      () => JSON.stringify(orderBody()).replace("{", '{"__proto__":{"order":{}},'),
      ["warning __proto__"],
    ],
    [
      "a string for a list",
      (b) => Object.assign(b.order, { coupon_codes: "SPRING" }),
      ["error order.coupon_codes"],
    ],
    [
      "a list with a number",
      (b) => Object.assign(b.tracking_ids, { user_id: [7] }),
      ["error tracking_ids.user_id"],
    ],
    [
      "a string for a flag",
      (b) => Object.assign(b.order.customer, { new_customer: "true" }),
      ["error order.customer.new_customer"],
    ],
    [
      "a number for the order number",
      (b) => Object.assign(b.order, { order_number: 1001 }),
      ["error order.order_number"],
    ],
    [
      "an empty SKU",
      (b) => Object.assign(b.order.products[1] ?? {}, { product_sku: " " }),
      ["warning order.products[1].product_sku"],
    ],
    ["no product", (b) => Object.assign(b.order, { products: [] }), ["error order.products"]],
    [
      "a product that is none",
      (b) => Object.assign(b.order, { products: ["BOOT-9"] }),
      ["error order.products[0]"],
    ],
    [
      "a subtotal as a string",
      (b) => Object.assign(b.order, { order_amount_subtotal: "59.97" }),
      ["info order.order_amount_subtotal"],
    ],
    [
      "a price as a string",
      (b) => Object.assign(b.order.products[1] ?? {}, { product_amount: "19.99" }),
      ["warning order.products[1].product_amount"],
    ],
    [
      "a price with a dollar sign",
      (b) => Object.assign(b.order.products[1] ?? {}, { product_amount: "$19.99" }),
      ["error order.products[1].product_amount"],
    ],
  ])("is compared with the article: %s", async (_, change, found) => {
    expect(brief(await findingsOf(change))).toEqual(found);
  });
});

describe("the money", () => {
  const money = (subtotal: unknown, lines: [unknown, unknown][], currency = "USD", coupons: string[] = []) =>
    findingsOf((body) => {
      body.order.currency = currency;
      body.order.order_amount_subtotal = subtotal;
      body.order.coupon_codes = coupons;
      body.order.products = lines.map(([product_amount, quantity]) => ({
        product_sku: "A",
        product_amount,
        quantity,
      }));
    });

  it.each<[string, unknown, [unknown, unknown][], string]>([
    ["yen", 1500, [[500, 3]], "JPY"],
    ["dinars", 1.005, [[0.335, 3]], "KWD"],
    [
      "a tenth and two tenths",
      0.3,
      [
        [0.1, 1],
        [0.2, 1],
      ],
      "USD",
    ],
    ["nothing at all", 0, [[0, 1]], "USD"],
    ["strings with zeros behind", "10.00", [[5, 2]], "EUR"],
  ])("adds up exactly: %s", async (_, subtotal, lines, currency) => {
    expect((await money(subtotal, lines, currency)).filter(({ severity }) => severity !== "info")).toEqual(
      [],
    );
  });

  it.each<[string, unknown, [unknown, unknown][], string[], RegExp]>([
    [
      "shipping in the subtotal",
      24.99,
      [[19.99, 1]],
      [],
      /add up to 19\.99, the subtotal is 24\.99, 5\.00 apart.*shipping or tax/,
    ],
    ["a discount that was not spread", 90, [[50, 2]], ["TEN"], /coupon's discount was not spread/],
    ["a discount without a code", 93.1, [[50, 2]], [], /discount of the whole order was not spread/],
    ["tax in the lines", 100, [[60, 2]], [], /include 20 % tax/],
    [
      "prices of whole lines",
      60,
      [
        [40, 2],
        [20, 1],
      ],
      [],
      /price of a whole line/,
    ],
  ])("is explained when it does not: %s", async (_, subtotal, lines, coupons, message) => {
    const found = await money(subtotal, lines, "USD", coupons);
    expect(brief(found)).toEqual(["warning order.order_amount_subtotal"]);
    expect(found[0]?.message).toMatch(message);
  });

  it.each([
    [33.33, ["info order.order_amount_subtotal"]],
    [33.32, ["warning order.order_amount_subtotal"]],
  ])("may be apart by what rounding unit prices does: a third of 100 at %d", async (price, found) => {
    expect(brief(await money(100, [[price, 3]]))).toEqual(found);
  });

  it.each<[string, unknown, [unknown, unknown][], string, string[]]>([
    [
      "more decimals than the dollar has",
      10.005,
      [[10.005, 1]],
      "USD",
      ["warning order.order_amount_subtotal", "warning order.products[0].product_amount"],
    ],
    [
      "a float's dust",
      0.1 + 0.2,
      [[0.3, 1]],
      "USD",
      ["warning order.order_amount_subtotal", "info order.order_amount_subtotal"],
    ],
    [
      "decimals of a yen",
      10.5,
      [[10.5, 1]],
      "JPY",
      ["warning order.order_amount_subtotal", "warning order.products[0].product_amount"],
    ],
    [
      "a negative line",
      5,
      [
        [10, 1],
        [-5, 1],
      ],
      "USD",
      ["error order.products[1].product_amount"],
    ],
    ["a quantity of none", 5, [[5, 0]], "USD", ["error order.products[0].quantity"]],
    ["a quantity of one and a half", 7.5, [[5, 1.5]], "USD", ["error order.products[0].quantity"]],
    ["a currency in lower case", 5, [[5, 1]], "usd", ["error order.currency"]],
    ["a currency of two letters", 5, [[5, 1]], "US", ["error order.currency"]],
    ["a currency that nobody has", 5, [[5, 1]], "ZZZ", ["error order.currency"]],
    ["a unit of account", 5, [[5, 1]], "CLF", []],
    [
      "an amount of fifty digits",
      "9".repeat(50),
      [[5, 1]],
      "USD",
      ["error order.order_amount_subtotal", "info order.order_amount_subtotal"],
    ],
    [
      "an amount beyond all money",
      1e300,
      [[1e300, 1]],
      "USD",
      ["error order.order_amount_subtotal", "error order.products[0].product_amount"],
    ],
  ])("is no money: %s", async (_, subtotal, lines, currency, found) => {
    expect(brief(await money(subtotal, lines, currency))).toEqual(found);
  });
});

describe("the shopper", () => {
  it.each([
    ["curl/8.5.0", true],
    ["node", true],
    ["undici", true],
    ["avantlink-s2s/0.1.0", true],
    ["python-requests/2.32", true],
    ["Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0", false],
    ["nodebrowser/1.0", false],
  ])("has a browser, not a server's user agent: %s", async (userAgent, isError) => {
    const found = await findingsOf((body) => Object.assign(body, { user_agent: userAgent }));
    expect(brief(found)).toEqual(isError ? ["error user_agent"] : []);
  });

  it.each([
    ["8.8.8.8", false],
    ["2001:4860:4860::8888", false],
    ["10.1.2.3", true],
    ["127.0.0.1", true],
    ["100.64.0.9", true],
    ["::1", true],
    ["fe80::1", true],
    ["::ffff:8.8.8.8", true],
    ["8.8.8.8:443", true],
    ["unknown", true],
  ])("has an address on the internet: %s", async (address, isWarning) => {
    const found = await findingsOf((body) => Object.assign(body, { user_ip_address: address }));
    expect(brief(found)).toEqual(isWarning ? ["warning user_ip_address"] : []);
  });

  it.each([
    ["127.0.0.1", []],
    ["::1", []],
    // A development proxy, which the shop does not trust.
    ["172.17.0.1", ["info user_ip_address"]],
  ])("has the address %s without a warning where the shop is on this machine", async (address, expected) => {
    const found = await findingsOf((body) =>
      Object.assign(body, { user_ip_address: address, current_url: "http://localhost:3000/thank-you" }),
    );
    expect(brief(found)).toEqual(expected);
  });

  it.each([
    ["/thank-you", ["error current_url"]],
    ["shop.example/thank-you", ["error current_url"]],
    ["ftp://shop.example/", ["error current_url"]],
    ["https://shop.example/?session_id=1", ["warning current_url"]],
    ["https://shop.example/?avad=1_a&gclid=x", []],
  ])("is on a page with an absolute address and no secret: %s", async (url, found) => {
    expect(brief(await findingsOf((body) => Object.assign(body, { current_url: url })))).toEqual(found);
  });

  it.each([
    ["US", []],
    ["USA", ["info order.customer.country"]],
    ["United States", ["info order.customer.country"]],
    ["us", ["warning order.customer.country"]],
    ["UK", ["warning order.customer.country"]],
    ["QQ", ["warning order.customer.country"]],
    ["", ["warning order.customer.country"]],
  ])("lives in a country, best of two letters: %j", async (country, found) => {
    expect(brief(await findingsOf((body) => Object.assign(body.order.customer, { country })))).toEqual(found);
  });
});

describe("personal data", () => {
  const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";

  it.each<[string, (body: Order) => unknown, string]>([
    [
      "an e-mail address as an ID",
      (b) => b.tracking_ids.user_id.push("jo@shop.example"),
      "tracking_ids.user_id[0]",
    ],
    [
      "one in an address",
      (b) => Object.assign(b, { referrer_url: "https://a.example/?x=jo@b.example" }),
      "referrer_url",
    ],
    [
      "a value that is encoded twice",
      (b) => Object.assign(b, { referrer_url: "https://a.example/?x=jo%2540b.example" }),
      "referrer_url",
    ],
    ["one in a coupon", (b) => b.order.coupon_codes.push("for-jo@b.example"), "order.coupon_codes[1]"],
    [
      "a token in an address",
      (b) => Object.assign(b, { current_url: `https://a.example/?x=${jwt}` }),
      "current_url",
    ],
  ])("is an error wherever it is: %s", async (_, change, path) => {
    expect(brief(await findingsOf(change))).toEqual([`error ${path}`]);
  });

  it("is not a hash", async () => {
    expect(await findingsOf((body) => body.tracking_ids.user_id.push("a".repeat(64)))).toEqual([]);
  });
});

describe("the IDs", () => {
  it.each<[string, (body: Order) => unknown, string[]]>([
    ["a blank one", (b) => b.tracking_ids.user_id.push(""), ["warning tracking_ids.user_id[0]"]],
    [
      "a token alone",
      (b) => Object.assign(b.tracking_ids, { visitor_id: [] }),
      ["warning tracking_ids.visitor_id"],
    ],
    [
      "a token with a blank",
      (b) => Object.assign(b.tracking_ids, { avantlink_avad: "77_a " }),
      ["warning tracking_ids.avantlink_avad"],
    ],
    ["any token at all", (b) => Object.assign(b.tracking_ids, { avantlink_avad: '+/=%"é' }), []],
  ])("can make click and order meet: %s", async (_, change, found) => {
    expect(brief(await findingsOf(change))).toEqual(found);
  });
});

describe("the request's head", () => {
  it.each([
    ["traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "error headers.traceparent"],
    ["baggage", "a=b", "error headers.baggage"],
    ["sentry-trace", "1-1", "error headers.sentry-trace"],
    ["cookie", "session=1", "error headers.cookie"],
    ["authorization", "Bearer x", "warning headers.authorization"],
    ["user-agent", "Mozilla/5.0 Firefox/140.0", "warning headers.user-agent"],
    ["user-agent", " ", "warning headers.user-agent"],
    ["accept", "text/html", "warning headers.accept"],
  ])("is looked at: %s: %s", async (name, value, found) => {
    expect(brief(await findingsOf(() => {}, { headers: { [name]: value } }))).toEqual([found]);
  });
});

it("puts the gravest finding first and stops before nobody reads on", async () => {
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`x${index}`, 1]));
  const found = await findingsOf((body) => Object.assign(body, many, { user_agent: "curl/8" }));
  expect(found).toHaveLength(101);
  expect([found[0]?.path, found.at(-1)?.message]).toEqual([
    "user_agent",
    "201 further findings are not shown.",
  ]);
});

it("looks through a body of any depth, and a megabyte of anything, without falling over", async () => {
  const deep = `${"[".repeat(200_000)}"jo@b.example"${"]".repeat(200_000)}`;
  const text = JSON.stringify(orderBody()).replace(
    "{",
    `{"deep":${deep},"wide":${JSON.stringify("eyJ-".repeat(150_000))},`,
  );
  const found = await findingsOf(() => text);
  expect(found.map(({ message }) => message.slice(0, 25))).toContain("It holds an e-mail addres");
});

it("finds half a character", async () => {
  expect(brief(await findingsOf((body) => Object.assign(body, { custom_tracking_code: "a\ud800" })))).toEqual(
    ["warning custom_tracking_code"],
  );
});
