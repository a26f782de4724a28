/**
 * Compares what two checkouts send for the same random orders, before a release: `pnpm test:same-bytes --old ../before`.
 * Everything but the two page URLs must be the same, byte by byte; of a URL only parameters may differ.
 */
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { OrderPayloadResult, toOrderPayload } from "@avantlink-s2s/core";
import fc from "fast-check";

const { values } = parseArgs({
  options: {
    old: { type: "string" },
    new: { type: "string", default: "." },
    orders: { type: "string", default: "2000" },
    seed: { type: "string", default: "1" },
  },
});
if (values.old === undefined) throw new Error("Give the older checkout: --old FOLDER");

const word = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,20}[A-Za-z0-9]$/);
const anyText = fc.string({ unit: "grapheme", maxLength: 60 });
const money = fc.oneof(
  fc.integer({ min: 0, max: 1_000_000 }).map((minor) => (minor / 100).toFixed(2)),
  fc.double({ min: 0, max: 5000, noNaN: true }),
  fc.constantFrom(0, "0", 1.005, "19.9900", 1e-7, "1e2", " 5 "),
);
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined, freq: 4 });

const order = fc.record(
  {
    orderNumber: fc.oneof(
      word,
      fc.integer({ min: 1, max: 1e9 }),
      fc.constantFrom("jane@doe.com-1", "#1001", "10\u000001"),
    ),
    currency: fc.constantFrom("USD", "usd", "EUR", "JPY", "KWD", "CLF", "GBP", " CAD "),
    subtotal: maybe(money),
    orderDiscount: maybe(money),
    couponCodes: maybe(
      fc.array(fc.oneof(word, fc.constantFrom("", "SAVE10", "50%", "SPRING SALE")), { maxLength: 4 }),
    ),
    customer: maybe(
      fc.record(
        {
          newCustomer: fc.boolean(),
          country: fc.constantFrom("US", "usa", "UK", "DEU", "France", "ZZ", ""),
          region: anyText,
          state: anyText,
          id: fc.oneof(word, fc.emailAddress(), fc.integer()),
        },
        { requiredKeys: [] },
      ),
    ),
    products: fc.array(
      fc.record({
        sku: fc.oneof(word, fc.constantFrom(undefined, "", "jane@doe.com", 4711)),
        unitPrice: money,
        quantity: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.constantFrom("2", "3.000")),
      }),
      { minLength: 1, maxLength: 8 },
    ),
  },
  { requiredKeys: ["orderNumber", "currency", "products"] },
);

const url = fc
  .tuple(
    fc.constantFrom("https://shop.example", "http://localhost:3000", "https://user:pw@Shop.example:8443"),
    fc.constantFrom("/", "/checkout/thank-you", "/p/tent-2p.html", "/caf%C3%A9", ""),
    fc.array(fc.tuple(fc.constantFrom("avad", "gclid", "utm_source", "order", "email", "q"), word), {
      maxLength: 4,
    }),
    fc.constantFrom("", "#top"),
  )
  .map(([origin, path, query, hash]) => {
    const parameters = query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
    return origin + path + (parameters && `?${parameters}`) + hash;
  });
const context = fc.record(
  {
    currentUrl: url,
    referrerUrl: fc.oneof(url, fc.constantFrom("", "not a url", "android-app://com.example")),
    userAgent: fc.oneof(anyText, fc.constant("Bot/1.0 (+mailto:jane@doe.com)")),
    ipAddress: fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom("::ffff:203.0.113.7", "1.2.3.4:80", "unknown")),
    avad: fc.oneof(word, fc.constantFrom("a+b", "77_f3+/=%", "")),
    visitorIds: fc.array(fc.oneof(word, fc.uuid(), fc.emailAddress()), { maxLength: 3 }),
    userIds: fc.array(fc.oneof(word, fc.integer().map(String), fc.constant(" ")), { maxLength: 3 }),
    googleClickId: fc.oneof(word, fc.constant("jane@doe.com")),
    customTrackingCode: fc.oneof(word, fc.constant("jane@doe.com")),
  },
  { requiredKeys: [] },
);

type ToOrderPayload = typeof toOrderPayload;

async function mapperOf(checkout: string): Promise<(given: unknown, shopper: unknown) => OrderPayloadResult> {
  const entry = pathToFileURL(join(resolve(checkout), "packages/core/src/index.ts")).href;
  const loaded: { readonly toOrderPayload: ToOrderPayload } = await import(entry);
  return (given, shopper) => loaded.toOrderPayload(...([given, shopper] as Parameters<ToOrderPayload>));
}

function split(result: OrderPayloadResult): { readonly text: string; readonly urls: readonly string[] } {
  if (!result.ok)
    return { text: `rejected: ${result.error.issues.map(({ path }) => path).join(" ")}`, urls: [] };
  const { current_url, referrer_url } = result.payload;
  const text = JSON.stringify({ ...result.payload, current_url: "", referrer_url: "" });
  return { text, urls: [current_url, referrer_url] };
}

const pageOf = (address: string) => address.split("?", 1)[0];

const [before, after] = [await mapperOf(values.old), await mapperOf(values.new)];
const given = fc.sample(fc.tuple(order, context), {
  numRuns: Number(values.orders),
  seed: Number(values.seed),
});
let accepted = 0;
let otherParameters = 0;
const different: string[] = [];
for (const [sold, shopper] of given) {
  const [was, is] = [split(before(sold, shopper)), split(after(sold, shopper))];
  if (is.urls.length > 0) accepted += 1;
  if (was.text !== is.text || was.urls.map(pageOf).join(" ") !== is.urls.map(pageOf).join(" ")) {
    different.push(
      `${JSON.stringify([sold, shopper])}\n  was ${was.text} ${was.urls}\n  is  ${is.text} ${is.urls}`,
    );
  } else if (was.urls.join(" ") !== is.urls.join(" ")) otherParameters += 1;
}
console.log(
  `${given.length} orders, ${accepted} of them accepted: ${different.length} differ; ${otherParameters} more only in a URL's parameters.`,
);
for (const difference of different.slice(0, 5)) console.log(difference);
process.exitCode = different.length > 0 ? 1 : 0;
