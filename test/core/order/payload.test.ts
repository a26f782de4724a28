import {
  type AvantLinkError,
  type Order,
  type TrackingContext,
  toClickPayload,
  toOrderPayload,
} from "@avantlink-s2s/core";
import { decimal, formatMinor, fromMinor, toMinor } from "@avantlink-s2s/core/money";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aContext, anOrder } from "../../support/orders.ts";

function mapped(order: Partial<Order>, context: TrackingContext = aContext()) {
  const result = toOrderPayload(anOrder(order), context);
  if (!result.ok) throw result.error;
  return result;
}

function rejected(order: unknown): AvantLinkError {
  const result = toOrderPayload(order as Order, aContext());
  if (result.ok) throw new Error("expected the order to be rejected");
  return result.error;
}

const fields = (error: AvantLinkError) => error.issues.map(({ path }) => path);
const codes = (order: Partial<Order>, context?: TrackingContext) =>
  mapped(order, context).findings.map(({ code }) => code);

test("every field has the place that AvantLink's article gives it", () => {
  const context = aContext({ userIds: ["u-17"], googleClickId: "Cj0KCQ", customTrackingCode: "spring sale" });
  expect(mapped({ couponCodes: ["SAVE10", "FREESHIP"] }, context)).toEqual({
    ok: true,
    findings: [],
    payload: {
      current_url: "https://shop.example/checkout/thank-you",
      tracking_ids: {
        user_id: ["u-17"],
        visitor_id: ["9b2f8f3e-52a1-4f0e-8d8b-3d1d1a1f0c11"],
        avantlink_avad: "77_f3afbe121",
      },
      user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
      user_ip_address: "203.0.113.7",
      referrer_url: "https://shop.example/checkout",
      google_click_id: "Cj0KCQ",
      custom_tracking_code: "spring sale",
      order: {
        order_number: "1001",
        order_amount_subtotal: 261.95,
        currency: "USD",
        coupon_codes: ["SAVE10", "FREESHIP"],
        customer: { new_customer: true, country: "US", region: "", state: "UT" },
        products: [
          { product_sku: "TENT-2P", product_amount: 249.95, quantity: 1 },
          { product_sku: "PEG", product_amount: 1.5, quantity: 8 },
        ],
      },
    },
  });
});

test("unknown values are sent empty, and a guest has an empty list of IDs", () => {
  expect(toClickPayload({ userIds: ["", "  "], visitorIds: [] })).toEqual({
    tracking_ids: { user_id: [], visitor_id: [], avantlink_avad: "" },
    user_agent: "",
    current_url: "",
    referrer_url: "",
    google_click_id: "",
    custom_tracking_code: "",
    user_ip_address: "",
  });
});

describe("amounts", () => {
  test.each<[Order["products"][number]["unitPrice"], string, number]>([
    [0.1 + 0.2, "usd", 0.3],
    [1.005, "USD", 1.01],
    ["1.005", "USD", 1.01],
    [2.675, "EUR", 2.68],
    [1999.5, "JPY", 2000],
    ["1999.4", "JPY", 1999],
    [1.2345, "KWD", 1.235],
    ["0.0004", "KWD", 0],
    [0, "USD", 0],
    ["1e2", "USD", 100],
  ])("%j %s go out as the number %d", (unitPrice, currency, amount) => {
    const { payload } = mapped({ currency, products: [{ sku: "A", unitPrice, quantity: 1 }] });
    expect(payload.order.products[0]?.product_amount).toBe(amount);
    expect(payload.order.order_amount_subtotal).toBe(amount);
    expect(payload.order.currency).toBe(currency.toUpperCase());
  });

  test("an order-level discount comes off the lines, to the penny, and odd lines are split", () => {
    const { payload, findings } = mapped({
      orderDiscount: "10.00",
      products: [
        { sku: "A", unitPrice: "19.99", quantity: 3 },
        { sku: "B", unitPrice: "5.00", quantity: 1 },
      ],
    });
    expect(payload.order.order_amount_subtotal).toBe(54.97);
    expect(payload.order.products).toEqual([
      { product_sku: "A", product_amount: 16.91, quantity: 2 },
      { product_sku: "A", product_amount: 16.92, quantity: 1 },
      { product_sku: "B", product_amount: 4.23, quantity: 1 },
    ]);
    expect(findings).toEqual([]);
  });

  test("a subtotal that the shop gives is never changed; lines that do not meet it are a finding with the numbers", () => {
    const { payload, findings } = mapped({ subtotal: "270.45" });
    expect(payload.order.order_amount_subtotal).toBe(270.45);
    expect(findings).toEqual([
      {
        code: "order.lines-do-not-sum",
        path: "subtotal",
        message: expect.stringMatching(/270\.45.*261\.95.*8\.50 apart.*shipping or tax/),
      },
    ]);
    expect(mapped({ subtotal: "251.95" }).findings[0]?.message).toMatch(/give it as orderDiscount/);
    expect(mapped({ subtotal: 251.95, orderDiscount: 10 }).findings).toEqual([]);
    expect(mapped({ subtotal: 240, orderDiscount: 10 }).findings[0]?.message).toMatch(/another discount/);
    expect(mapped({ subtotal: 261.96 }).findings[0]?.message).toMatch(/0\.01 apart.*rounded each by itself/);
  });

  test("a discount larger than the order leaves lines of zero", () => {
    const { payload, findings } = mapped({ orderDiscount: 1000 });
    expect(payload.order.order_amount_subtotal).toBe(0);
    expect(payload.order.products.every(({ product_amount }) => product_amount === 0)).toBe(true);
    expect(findings.map(({ code }) => code)).toEqual(["order.discount-too-large"]);
  });

  test("a discount without lines takes nothing off, and is no finding of its own", () => {
    expect(codes({ subtotal: 5, orderDiscount: 2, products: [] })).toEqual(["order.lines-missing"]);
  });

  test("each line keeps its quantity and is within one minor unit of its exact share, for any order", {
    timeout: 300_000,
  }, () => {
    const line = fc.record({
      price: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.integer({ min: 0, max: 1_000_000 })),
      quantity: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 10_000 })),
    });
    const order = fc.record({
      money: fc.constantFrom(["USD", 2], ["JPY", 0], ["KWD", 3], ["CLF", 4]),
      lines: fc.array(line, { minLength: 1, maxLength: 40 }),
      part: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(order, ({ money: [currency, decimals], lines, part }) => {
        const digits = Number(decimals);
        const sum = lines.reduce((all, { price, quantity }) => all + price * quantity, 0);
        const discount = Math.floor(sum * part);
        const { order: sent } = mapped({
          currency: String(currency),
          orderDiscount: formatMinor(discount, digits),
          products: lines.map(({ price, quantity }, index) => ({
            sku: `S${index}`,
            unitPrice: formatMinor(price, digits),
            quantity,
          })),
        }).payload;
        expect(sent.order_amount_subtotal).toBe(fromMinor(sum - discount, digits));
        let left = 0;
        lines.forEach(({ price, quantity }, index) => {
          const own = sent.products.filter(({ product_sku }) => product_sku === `S${index}`);
          const paid = own.reduce(
            (all, one) => all + (toMinor(one.product_amount, digits) ?? NaN) * one.quantity,
            0,
          );
          expect(own.reduce((all, one) => all + one.quantity, 0)).toBe(quantity);
          expect(own.every(({ product_amount }) => product_amount >= 0)).toBe(true);
          const exact = sum === 0 ? 0 : price * quantity - (price * quantity * discount) / sum;
          expect(Math.abs(paid - exact)).toBeLessThan(1 + 1e-4);
          left += paid;
        });
        expect(left).toBe(sum - discount);
      }),
      { numRuns: Number(process.env.RANDOM_ORDERS ?? 500) },
    );
  });

  test("lines meet the subtotal exactly and keep their quantities, for prices of any number of decimals", {
    timeout: 300_000,
  }, () => {
    const line = fc.record({
      sku: fc.stringMatching(/^[A-Z]{1,5}$/),
      unitPrice: fc.oneof(
        fc.integer({ min: 0, max: 100_000 }).map((cents) => (cents / 100).toFixed(2)),
        fc.double({ min: 0, max: 5000, noNaN: true }),
      ),
      quantity: fc.integer({ min: 1, max: 30 }),
    });
    const order = fc.record({
      currency: fc.constantFrom("USD", "JPY", "KWD"),
      orderDiscount: fc.double({ min: 0, max: 3000, noNaN: true }),
      products: fc.array(line, { minLength: 1, maxLength: 12 }),
    });
    fc.assert(
      fc.property(order, (given) => {
        const { order: sent } = mapped(given).payload;
        const digits = { USD: 2, JPY: 0, KWD: 3 }[given.currency] ?? 2;
        const minor = (amount: number) => Math.round(amount * 10 ** digits);
        const sum = sent.products.reduce(
          (all, { product_amount, quantity }) => all + minor(product_amount) * quantity,
          0,
        );
        expect(sum).toBe(minor(sent.order_amount_subtotal));
        expect(sent.products.every(({ product_amount }) => product_amount >= 0)).toBe(true);
        const items = (products: readonly { readonly quantity: number }[]) =>
          products.reduce((all, { quantity }) => all + quantity, 0);
        expect(items(sent.products)).toBe(items(given.products));
      }),
      { numRuns: Number(process.env.RANDOM_ORDERS ?? 500) },
    );
  });
});

describe("an order is rejected, naming the field,", () => {
  test.each<[string, unknown, string[]]>([
    ["without a number", anOrder({ orderNumber: "" }), ["orderNumber"]],
    ["with a blank number", anOrder({ orderNumber: " \n" }), ["orderNumber"]],
    ["with a number of 129 characters", anOrder({ orderNumber: "9".repeat(129) }), ["orderNumber"]],
    ["with a currency that ISO 4217 does not have", anOrder({ currency: "ZZZ" }), ["currency"]],
    ["with a currency of two letters", anOrder({ currency: "US" }), ["currency"]],
    ["without a currency", { ...anOrder(), currency: undefined }, ["currency"]],
    [
      "with a price that is not a number",
      anOrder({ products: [{ sku: "A", unitPrice: Number.NaN, quantity: 1 }] }),
      ["products[0].unitPrice"],
    ],
    [
      "with a negative price",
      anOrder({ products: [{ sku: "A", unitPrice: -1, quantity: 1 }] }),
      ["products[0].unitPrice"],
    ],
    [
      "with a price that rounds to nothing below zero",
      anOrder({ products: [{ sku: "A", unitPrice: "-0.0000001", quantity: 1 }] }),
      ["products[0].unitPrice"],
    ],
    [
      "with a price in words",
      anOrder({ products: [{ sku: "A", unitPrice: "12,50 €", quantity: 1 }] }),
      ["products[0].unitPrice"],
    ],
    ["with a negative subtotal", anOrder({ subtotal: -5 }), ["subtotal"]],
    ["with an infinite discount", anOrder({ orderDiscount: Infinity }), ["orderDiscount"]],
    [
      "with an amount that no order has",
      anOrder({ products: [{ sku: "A", unitPrice: 1e11, quantity: 2 }] }),
      ["products"],
    ],
    ["with neither lines nor a subtotal", anOrder({ products: [] }), ["subtotal"]],
    ["whose products are no list", { ...anOrder(), products: "A" }, ["products"]],
    ["with a line that is no object", { ...anOrder(), products: [null] }, ["products[0]"]],
    ["that is a text", "order 1", ["order"]],
    [
      "with everything wrong at once",
      { orderNumber: null, currency: 5, products: [{}] },
      ["orderNumber", "currency", "products[0].unitPrice", "products[0].quantity"],
    ],
  ])("%s", (_, order, paths) => {
    const error = rejected(order);
    expect(error.code).toBe("order.invalid");
    expect(fields(error)).toEqual(paths);
    for (const { path, message } of error.issues) expect(error.message).toContain(`${path}: ${message}`);
  });

  test("and the message holds no personal value", () => {
    const error = rejected(anOrder({ currency: "jane doe <jane@doe.com>" }));
    expect(error.message).not.toMatch(/jane/);
  });
});

describe("an order is sent all the same", () => {
  test.each<[string, Partial<Order>, string[]]>([
    ["without a SKU", { products: [{ unitPrice: 1, quantity: 1 }] }, ["product.sku-missing"]],
    ["without a country", { customer: { newCustomer: false } }, ["customer.country-missing"]],
    [
      "with a country code of no country",
      { customer: { newCustomer: false, country: "ZZ" } },
      ["customer.country-unknown"],
    ],
    [
      "without anything about the customer",
      { customer: {} },
      ["customer.new-customer-missing", "customer.country-missing"],
    ],
    ["without lines", { products: [], subtotal: 20 }, ["order.lines-missing"]],
    [
      "with coupons that are no list",
      { couponCodes: "SAVE10" as unknown as string[] },
      ["order.coupons-invalid"],
    ],
    [
      "with coupons that are no texts",
      { couponCodes: [{ code: "SAVE10" }, null, "SAVE20"] as unknown as string[] },
      ["order.coupons-invalid"],
    ],
    ["with an e-mail address for a coupon", { couponCodes: ["jane@doe.com"] }, ["order.private-data"]],
    ["with a coupon that holds an @", { couponCodes: ["10% @jane"] }, ["order.coupons-invalid"]],
    ["with a coupon of 65 characters", { couponCodes: ["y".repeat(65)] }, ["order.coupons-invalid"]],
    [
      "with 51 coupons",
      { couponCodes: Array.from({ length: 51 }, (_, index) => `C${index}`) },
      ["order.coupons-invalid"],
    ],
    [
      "with a SKU of 300 characters",
      { products: [{ sku: "A".repeat(300), unitPrice: 1, quantity: 1 }] },
      ["product.sku-too-long"],
    ],
    ["for nothing", { products: [{ sku: "A", unitPrice: 0, quantity: 1 }] }, []],
  ])("%s", (_, order, expected) => {
    expect(codes(order)).toEqual(expected);
    expect(JSON.stringify(mapped(order).payload)).not.toContain("jane");
  });
});

describe("a line that cannot be read stays out, with a finding, and the order goes:", () => {
  const good = { sku: "A", unitPrice: 5, quantity: 2 };

  test.each([0, "0", -1, "-1", "1e3", "two", "", " 2", null, undefined, 1_000_001, Number.NaN, {}])(
    "a quantity of %j",
    (quantity) => {
      const line = { sku: "B", unitPrice: 3, quantity: quantity as unknown as number };
      const { payload, findings } = mapped({ products: [line, good] });
      expect(payload.order.products).toEqual([{ product_sku: "A", product_amount: 5, quantity: 2 }]);
      expect(payload.order.order_amount_subtotal).toBe(10);
      expect(findings).toEqual([
        {
          code: "product.line-unreadable",
          path: "products[0].quantity",
          message: expect.stringContaining("expected a whole number from 1 to 1000000"),
        },
      ]);
    },
  );

  test.each([[null], ["A"], [7]])("a line that is %j", (line) => {
    const { payload, findings } = mapped({ products: [good, line as unknown as typeof good] });
    expect(payload.order.order_amount_subtotal).toBe(10);
    expect(findings).toMatchObject([{ code: "product.line-unreadable", path: "products[1]" }]);
  });

  test.each([[0.5], ["0.5"], ["0.5000"]])(
    "a fraction, %j, whose price the subtotal still holds",
    (quantity) => {
      const meat = { sku: "B", unitPrice: "9.99", quantity: quantity as unknown as number };
      const { payload, findings } = mapped({ products: [meat, good], orderDiscount: "1.50" });
      expect(payload.order).toMatchObject({
        // 9.99 × 0.5 is 5.00, and its share of the discount is 0.50.
        order_amount_subtotal: 13.5,
        products: [{ product_sku: "A", product_amount: 4.5, quantity: 2 }],
      });
      expect(findings).toMatchObject([{ code: "product.line-unreadable", path: "products[0].quantity" }]);
      expect(findings[0]?.message).toContain("sell 0.5 kg as one item at the line's total");
    },
  );

  test("products that are no list, or more than 20,000 lines, beside a subtotal", () => {
    for (const products of ["A", { 0: good }, Array.from({ length: 20_001 }, () => good)]) {
      const { payload, findings } = mapped({ subtotal: 10, products: products as Order["products"] });
      expect(payload.order).toMatchObject({ order_amount_subtotal: 10, products: [] });
      expect(findings.map(({ code, path }) => [code, path])).toEqual([
        ["product.line-unreadable", "products"],
        ["order.lines-missing", "products"],
      ]);
    }
  });

  test("but a price that cannot be read rejects the order, since nobody knows what to bill", () => {
    expect(fields(rejected(anOrder({ products: [good, { ...good, unitPrice: "?" }] })))).toEqual([
      "products[1].unitPrice",
    ]);
  });

  test.each(["two", -1, null])(
    "and so does a quantity of %j where no other line and no subtotal is",
    (quantity) => {
      const products = [{ ...good, quantity: quantity as unknown as number }];
      expect(fields(rejected(anOrder({ products })))).toEqual(["products[0].quantity"]);
      expect(mapped({ products, subtotal: 5 }).payload.order.order_amount_subtotal).toBe(5);
    },
  );
});

describe("an amount may be an object of a decimal library:", () => {
  class Decimal {
    readonly #text: string;
    calls = 0;
    constructor(text: string) {
      this.#text = text;
    }
    toString() {
      this.calls += 1;
      return this.#text;
    }
    toFixed() {
      return this.#text;
    }
  }

  test("its toString() is called once, and is exact", () => {
    const unitPrice = new Decimal("1.005");
    const { order } = mapped({
      products: [{ sku: "A", unitPrice, quantity: 2 }],
      orderDiscount: decimal("0.01"),
      subtotal: decimal("2.00"),
    }).payload;
    expect(order).toMatchObject({ order_amount_subtotal: 2, products: [{ product_amount: 1, quantity: 2 }] });
    expect(unitPrice.calls).toBe(1);
  });

  test.each<[string, unknown]>([
    ["a negative amount", new Decimal("-1")],
    ["an object whose text is no decimal", new Decimal("9,99 €")],
    ["an object without toString() of its own", { amount: 9.99 }],
    ["an object without any", Object.create(null)],
    ["a list", [9.99]],
    ["a date", new Date(0)],
    ["a function", () => "9.99"],
    [
      "an object whose toString() throws",
      {
        toString() {
          throw new Error("boom");
        },
      },
    ],
    ["an object whose toString() gives a number", { toString: () => 9.99 }],
  ])("%s rejects", (_, unitPrice) => {
    expect(fields(rejected({ ...anOrder(), products: [{ sku: "A", unitPrice, quantity: 1 }] }))).toEqual([
      "products[0].unitPrice",
    ]);
  });
});

test.each([
  ["avad", "a".repeat(257), "avantlink_avad"],
  ["avad", "ü".repeat(43), "avantlink_avad"],
  ["googleClickId", "ü".repeat(43), "google_click_id"],
])("%s of more than 256 bytes as a URL encodes it is sent empty, with a finding", (path, value, field) => {
  const { payload, findings } = mapped({}, { ...aContext(), [path]: value });
  expect(JSON.stringify(payload)).toContain(`"${field}":""`);
  expect(findings).toEqual([
    { code: "context.invalid", path, message: expect.stringContaining("at most 256 bytes") },
  ]);
});

test("a tracking code of more than 64 characters is cut, with a finding", () => {
  const { payload, findings } = mapped({}, aContext({ customTrackingCode: "c".repeat(65) }));
  expect(payload.custom_tracking_code).toBe("c".repeat(64));
  expect(findings).toMatchObject([{ code: "context.invalid", path: "customTrackingCode" }]);
});

test("coupon codes may hold blanks, and up to 64 characters", () => {
  const couponCodes = ["SPRING SALE 2026", "y".repeat(64), "50%"];
  expect(mapped({ couponCodes }).payload.order.coupon_codes).toEqual(couponCodes);
  expect(codes({ couponCodes })).toEqual([]);
});

test.each([
  ["2", 2],
  ["2.0000", 2],
  ["1000000", 1_000_000],
])("a quantity that a database gives as %j is accepted", (quantity, wire) => {
  const products = [{ sku: "A", unitPrice: "5.00", quantity: quantity as unknown as number }];
  expect(mapped({ products }).payload.order.products).toMatchObject([{ quantity: wire }]);
});

test("numbers, IDs, coupons, prices and quantities that a database gives as big integers are accepted", () => {
  const { order, tracking_ids } = mapped({
    products: [{ sku: "A", unitPrice: 5n as unknown as number, quantity: 2n as unknown as number }],
    orderNumber: 10_000_001n as unknown as string,
    couponCodes: [2026n] as unknown as string[],
    customer: { newCustomer: true, country: "US", id: 12345678901234567890n as unknown as string },
  }).payload;
  expect(order.order_number).toBe("10000001");
  expect(order.coupon_codes).toEqual(["2026"]);
  expect(order.products).toMatchObject([{ product_amount: 5, quantity: 2 }]);
  expect(tracking_ids.user_id).toContain("12345678901234567890");
});

describe("countries", () => {
  test.each([
    ["us", "US"],
    ["USA", "US"],
    ["gbr", "GB"],
    ["UK", "GB"],
    ["DEU", "DE"],
    ["United States", "United States"],
    ["Österreich", "Österreich"],
  ])("%s goes out as %s", (country, wire) => {
    expect(mapped({ customer: { newCustomer: true, country } }).payload.order.customer.country).toBe(wire);
  });
});

describe("nothing that identifies a person is sent:", () => {
  test("e-mail addresses used as IDs are hashed: trimmed, lower case, SHA-256", () => {
    const hash = "7c815580ad3844bcb627c74d24eaf700e1a711d9c23e9beb62ab8d28e8cb7954";
    const { payload } = mapped(
      { customer: { newCustomer: true, country: "US", id: " Jane@Doe.com" } },
      aContext({ userIds: ["jane@doe.com ", "u-1"], visitorIds: ["JANE@DOE.COM"] }),
    );
    const ids = payload.tracking_ids;
    expect(ids.user_id).toEqual([hash, "u-1"]);
    expect(ids.visitor_id).toEqual([hash]);
  });

  test("addresses, user agent and codes lose e-mail addresses", () => {
    const { payload, findings } = mapped(
      {},
      {
        currentUrl: "https://jane:pw@shop.example/t?email=jane@doe.com&key=wc_1&avad=1",
        referrerUrl: "https://shop.example/c?x=jane%2540doe.com",
        userAgent: "Bot/1.0 (+mailto:jane@doe.com)",
        customTrackingCode: "jane@doe.com",
        googleClickId: "jane@doe.com",
        avad: "t",
      },
    );
    expect(JSON.stringify(payload)).not.toMatch(/jane|doe/);
    expect(payload.current_url).toBe("https://shop.example/t?avad=1");
    expect(findings.map(({ code, path }) => [code, path])).toEqual([
      ["context.private-data", "googleClickId"],
      ["context.private-data", "customTrackingCode"],
    ]);
  });

  const JWT =
    "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkphbmUifQ.SflKxwRJSM";
  const PEOPLE = [
    ["an e-mail address", "jane+tag@doe.com"],
    ["one with its name", "Jane Doe <jane@doe.com>"],
    ["one percent-encoded", "jane%2Btag%40doe.com"],
    ["one percent-encoded three times", "jane%252540doe.com"],
    ["one at the end of a long text", `${"x ".repeat(120)}somewhere jane@doe.com`],
    ["a JSON Web Token", JWT],
  ] as const;

  test.each(PEOPLE)("whatever field it stands in: %s", (_what, value) => {
    const order = {
      orderNumber: value.slice(-128),
      couponCodes: [value],
      customer: { newCustomer: true, country: value, region: value, state: value, id: value },
      products: [{ sku: value, unitPrice: 1, quantity: 1 }],
    };
    const { payload, findings } = mapped(order, {
      currentUrl: `https://shop.example/${encodeURIComponent(value)}?u=${encodeURIComponent(value)}#${value}`,
      referrerUrl: `https://jane:doe@shop.example/#${value}`,
      userAgent: value,
      googleClickId: value,
      customTrackingCode: value,
      visitorIds: [value],
      userIds: [value],
    });
    expect(JSON.stringify([payload, findings])).not.toMatch(/jane.?[:@]|%40|doe\.com|eyJ/i);
    expect(findings.map(({ path }) => path)).toEqual(
      expect.arrayContaining(["orderNumber", "couponCodes[0]", "products[0].sku", "customer.country"]),
    );
    expect(payload.tracking_ids.visitor_id[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  test("an e-mail address is the same ID however it is encoded", () => {
    const ids = (userId: string) => mapped({}, { userIds: [userId] }).payload.tracking_ids.user_id;
    expect(ids("Jane%2540Doe.com")).toEqual(ids("jane@doe.com"));
    expect(ids("jane%40localhost")).toEqual(ids("jane@localhost"));
    expect(ids("100%25-cotton")).toEqual(["100%25-cotton"]);
  });

  test("a code that only looks like one stays: a SKU with a percent sign, an at sign or of Base64", () => {
    const skus = ["50%OFF", "icon@2x", "amFuZUBkb2UuY29t", "eyJ-1.2"];
    const products = skus.map((sku) => ({ sku, unitPrice: 1, quantity: 1 }));
    expect(mapped({ products }).payload.order.products.map((line) => line.product_sku)).toEqual(skus);
  });

  test("an e-mail address as order number is hashed, with a finding", () => {
    const { payload, findings } = mapped({ orderNumber: "jane@doe.com-1" });
    expect(payload.order.order_number).toMatch(/^[0-9a-f]{64}$/);
    expect(findings[0]).toMatchObject({ code: "order.private-data", path: "orderNumber" });
  });
});

describe("hostile values", () => {
  test("lone surrogates and control characters are removed, and megabytes are cut", () => {
    const { payload } = mapped(
      { orderNumber: "10\u0000\u001b[31m01", couponCodes: ["\ud800x", "y".repeat(1_000_000)] },
      aContext({ userAgent: `a\ud800b\u0007${"c".repeat(1_000_000)}`, avad: "\udc00t" }),
    );
    const text = JSON.stringify(payload);
    expect(text.length).toBeLessThan(10_000);
    expect(text.isWellFormed()).toBe(true);
    expect(payload.order.order_number).toBe("10 [31m01");
  });

  test("__proto__ and inherited keys change nothing", () => {
    const order = JSON.parse(
      '{"__proto__":{"currency":"EUR"},"constructor":1,"orderNumber":"1","currency":"USD","customer":{"__proto__":{"newCustomer":true}},"products":[{"sku":"A","unitPrice":1,"quantity":1,"__proto__":{"quantity":9}}]}',
    );
    const { order: sent } = mapped(order).payload;
    expect(sent).toMatchObject({
      currency: "USD",
      customer: { new_customer: false },
      products: [{ quantity: 1 }],
    });
    expect(({} as Record<string, unknown>).currency).toBeUndefined();
  });

  test("any value at all gives a payload or an error, and never throws", () => {
    fc.assert(
      fc.property(
        fc.anything({ withNullPrototype: true, withBigInt: true }),
        fc.anything(),
        (order, context) => {
          const result = toOrderPayload(order as Order, context as TrackingContext);
          if (!result.ok) expect(result.error.issues.length).toBeGreaterThan(0);
        },
      ),
    );
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.constantFrom("currentUrl", "avad", "visitorIds", "userIds", "userAgent", "ipAddress"),
          fc.anything(),
        ),
        (context) => {
          expect(() => mapped({}, context)).not.toThrow();
        },
      ),
    );
  });

  test("every property is read once, however often it is asked for", () => {
    const reads = new Map<string, number>();
    const counted = <Value extends object>(value: Value, path: string): Value =>
      new Proxy(value, {
        get(target, name) {
          const at = `${path}.${String(name)}`;
          reads.set(at, (reads.get(at) ?? 0) + 1);
          const found: unknown = Reflect.get(target, name);
          return typeof found === "object" && found !== null ? counted(found, at) : found;
        },
      });
    const order = anOrder({ subtotal: "1", orderDiscount: 0, customer: { newCustomer: true, id: "7" } });
    expect(mapped(counted(order, "order"), counted(aContext(), "context")).ok).toBe(true);
    expect(reads.size).toBeGreaterThan(20);
    expect([...reads].filter(([, count]) => count > 1)).toEqual([]);
  });

  const throwing = (...names: string[]) =>
    Object.defineProperties(
      {},
      Object.fromEntries(
        names.map((name) => [
          name,
          {
            enumerable: true,
            get() {
              throw new Error("boom");
            },
          },
        ]),
      ),
    );

  test("a getter that throws is an issue or a finding, as the field asks for", () => {
    const strict = throwing("orderNumber", "currency", "subtotal", "orderDiscount", "products");
    expect(fields(rejected(strict))).toEqual(["orderNumber", "currency", "subtotal", "orderDiscount"]);
    expect(rejected(strict).message).toContain("currency: is unreadable; expected an ISO-4217 code");
    const products = [...anOrder().products, throwing("quantity")];
    const lenient: unknown = { ...anOrder(), products, customer: throwing("newCustomer", "country", "id") };
    expect(codes(lenient as Order, throwing("avad", "currentUrl", "visitorIds"))).toEqual(
      expect.arrayContaining(["product.line-unreadable", "customer.country-missing", "context.invalid"]),
    );
  });

  test("a revoked proxy is unreadable wherever it stands", () => {
    const { proxy, revoke } = Proxy.revocable<never[]>([], {});
    revoke();
    expect(fields(rejected(proxy))).toEqual(["orderNumber", "currency", "subtotal", "orderDiscount"]);
    const order: unknown = {
      ...anOrder({ subtotal: 5 }),
      products: proxy,
      customer: proxy,
      couponCodes: proxy,
    };
    expect(mapped(order as Order, { visitorIds: proxy, userIds: proxy }).ok).toBe(true);
  });

  test("the caller's order is not changed", () => {
    const order = anOrder();
    const before = structuredClone(order);
    const frozen: Order = Object.freeze({
      ...order,
      products: Object.freeze(order.products.map((line) => Object.freeze(line))),
    });
    mapped(frozen);
    expect(order).toEqual(before);
  });
});
