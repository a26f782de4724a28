import {
  type MapperResult,
  type Order,
  type ProductPayload,
  type TrackingContext,
  toOrderPayload,
} from "@avantlink-s2s/core";
import { currencyDigits } from "@avantlink-s2s/core/money";
import type { MapOptions } from "@avantlink-s2s/orders/stripe";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aCart, type Cart, type Sold, sum } from "./carts.ts";
import { SHOPPER } from "./fixtures/shopper.ts";

/** How many random orders each platform maps; a release runs 10,000, which are 100,000 in all. */
const RANDOM_ORDERS = Number(process.env.RANDOM_ORDERS ?? 500);

type Changes = Readonly<Record<string, unknown>>;

interface Mapper {
  map(order: unknown, options?: MapOptions): MapperResult;
  /** A paid order in the platform's documented shape, with {@link SHOPPER} wherever a person can stand. */
  readonly fixture: object;
  /** What the fixture comes to, by hand. */
  readonly order: Order;
  readonly context?: TrackingContext;
  /** Changes at the fixture's top that leave the order whole and unpaid, by a state that the platform documents. */
  readonly unpaid: Changes;
  /** Changes of the fixture with which it is not mapped: a description, and the expected status. */
  readonly notMapped: readonly (readonly [string, "unpaid" | "test" | "unmappable", Changes])[];
  /** Builds a cart's order as the platform would. */
  build(cart: Cart): {
    readonly document: unknown;
    readonly options?: object;
    readonly sold: readonly Sold[];
  };
}

// Made inside the test: the runner may not look at some of them.
const NO_ORDERS: readonly (readonly [string, () => unknown])[] = [
  ["nothing", () => undefined],
  ["null", () => null],
  ["a number", () => 0],
  ["text", () => "order"],
  ["true", () => true],
  ["an empty list", () => []],
  ["an empty object", () => ({})],
  ["an empty envelope", () => ({ data: null })],
  ["lists in lists", () => [[[[]]]]],
  ["an object that throws", () => new Proxy({}, { get: fail, has: fail, ownKeys: fail })],
  [
    "a revoked object",
    () => {
      const { proxy, revoke } = Proxy.revocable([], {});
      revoke();
      return proxy;
    },
  ],
];

/** What every platform's mapper must hold to. */
export function describeMapper(name: string, mapper: Mapper): void {
  const { map, fixture } = mapper;

  describe(name, () => {
    test("maps its fixture to the order computed by hand", () => {
      const mapped = accepted(map(fixture, { newCustomer: true }));
      expect(mapped.order).toEqual(mapper.order);
      expect(mapped.context).toEqual(mapper.context);
      expect(mapped.findings).toEqual([]);
    });

    test("maps an order that the shop knows to be paid, and only that", () => {
      const unpaid = { ...fixture, ...mapper.unpaid };
      expect(map(unpaid)).toMatchObject({ status: "unpaid" });
      expect(map(unpaid, { isPaid: true }).status).toBe("mapped");
      const asked: unknown[] = [];
      const isPaid = (order: unknown) => asked.push(order) > 0;
      expect(accepted(map(unpaid, { isPaid, newCustomer: true })).order).toEqual(mapper.order);
      expect(asked).toHaveLength(1);
      expect(map(fixture, { isPaid: () => false })).toMatchObject({ status: "unpaid" });
      expect(map(fixture, { isPaid: fail })).toMatchObject({ status: "unmappable" });
    });

    test("sends the SKUs that the shop gives, and the platform's where the shop gives none", () => {
      let lines = 0;
      const renamed = accepted(map(fixture, { sku: () => `SHOP-${++lines}` }));
      expect(renamed.order.products.every(({ sku }) => sku?.startsWith("SHOP-"))).toBe(true);
      for (const sku of [() => " ", () => undefined, fail]) {
        const { products } = accepted(map(fixture, { sku })).order;
        expect(products).toEqual(mapper.order.products);
      }
    });

    test("leaves out what the shop says is not goods, and what the order says of its sum", () => {
      const none = accepted(map(fixture, { isGoods: () => false }));
      expect(none.order.products).toEqual([]);
      expect(Number(none.order.subtotal)).toBe(0);
      let lines = 0;
      const rest = accepted(map(fixture, { isGoods: () => lines++ > 0 }));
      const kept = accepted(map(fixture, { isGoods: () => true }));
      expect(kept.order.products).toEqual(mapper.order.products);
      expect(rest.order.products.length).toBeLessThan(mapper.order.products.length);
      expect(Number(rest.order.subtotal)).toBeLessThan(Number(mapper.order.subtotal));
      for (const { findings } of [none, rest, kept]) {
        expect(findings.filter(({ code }) => code === "mapper.does-not-add-up")).toEqual([]);
      }
    });

    test("takes from its caller what no order says", () => {
      const mapped = accepted(map(fixture, { newCustomer: false, orderNumber: "SHOP-7" }));
      expect(mapped.order.customer.newCustomer).toBe(false);
      expect(mapped.order.orderNumber).toBe("SHOP-7");
    });

    test("lets no name, address, e-mail or phone number through", () => {
      const given = JSON.stringify(fixture);
      const taken = JSON.stringify(map(fixture));
      for (const value of [SHOPPER.lastName, SHOPPER.email]) expect(given).toContain(value);
      for (const value of Object.values(SHOPPER)) expect(taken).not.toContain(value);
    });

    test.each(mapper.notMapped)("answers an order that %s with %s", (_what, reason, changes) => {
      const answer = map({ ...fixture, ...changes });
      expect(answer).toMatchObject({ status: reason });
      expect(answer.status === "mapped" ? [] : answer.issues).not.toEqual([]);
    });

    test("changes nothing in what it is given", () => {
      expect(accepted(map(deepFreeze(structuredClone(fixture)), { newCustomer: true })).order).toEqual(
        mapper.order,
      );
    });

    test.each(NO_ORDERS)("answers %s with what is missing instead of throwing", (_name, document) => {
      const answer = map(document());
      expect(answer).toMatchObject({ status: "unmappable" });
      expect(answer.status === "mapped" ? [] : answer.issues).not.toEqual([]);
    });

    test("maps an order of thousands of lines, and says in one sentence when there are too many", {
      timeout: 60_000,
    }, () => {
      const { document, options, sold } = mapper.build(longCart(4_999));
      const mapped = accepted(map(document, { newCustomer: true, ...options }));
      const result = toOrderPayload(mapped.order);
      if (!result.ok) throw result.error;
      const items = result.payload.order.products.reduce((all, { quantity }) => all + quantity, 0);
      expect(items).toBe(sum(sold.map(({ quantity }) => quantity)));
      const endless = mapper.build(longCart(5_001));
      const answer = map(endless.document, endless.options);
      expect(answer.status === "mapped" ? [] : answer.issues).toMatchObject([
        { message: "holds more than 5000 entries" },
      ]);
    });

    test("maps to lines that sum or names an issue, whatever stands in some fields", () => {
      fc.assert(
        fc.property(fc.array(fc.tuple(fc.nat(), hostile), { minLength: 1, maxLength: 3 }), (leaves) => {
          const mapped = map(withLeaves(fixture, leaves), { newCustomer: true });
          if (mapped.status !== "mapped") {
            expect(mapped.issues).not.toEqual([]);
            return;
          }
          const result = toOrderPayload(mapped.order);
          // Core says for itself what it cannot take, such as an order number of ten thousand characters.
          if (!result.ok) return;
          const { currency, order_amount_subtotal, products } = result.payload.order;
          const digits = currencyDigits(currency);
          for (const { product_amount, quantity } of products) {
            expect(product_amount).toBeGreaterThanOrEqual(0);
            expect(quantity).toBeGreaterThanOrEqual(1);
          }
          const disagrees = mapped.findings.some(({ code }) => code === "mapper.does-not-add-up");
          if (!disagrees && products.length > 0)
            expect(lineSum(products, digits)).toBe(minor(order_amount_subtotal, digits));
        }),
        { numRuns: 1_000 },
      );
    });

    test("gives lines that sum to the subtotal, near their exact share, with their quantities, for any cart", {
      timeout: 300_000,
    }, () => {
      fc.assert(
        fc.property(aCart, (cart) => {
          const { document, options, sold } = mapper.build(cart);
          const mapped = accepted(map(document, { newCustomer: true, ...options }));
          expect(mapped.findings.filter(({ code }) => code === "mapper.does-not-add-up")).toEqual([]);
          const result = toOrderPayload(mapped.order);
          if (!result.ok) throw result.error;
          const { order } = result.payload;
          expect(result.findings.filter(({ code }) => code.startsWith("order."))).toEqual([]);
          expect(lineSum(order.products, cart.digits)).toBe(minor(order.order_amount_subtotal, cart.digits));
          expect(new Set(order.products.map((line) => line.product_sku))).toEqual(
            new Set(sold.map(({ sku }) => sku)),
          );
          for (const { sku, quantity, exact } of sold) {
            const own = order.products.filter((line) => line.product_sku === sku);
            expect(own.reduce((items, line) => items + line.quantity, 0)).toBe(quantity);
            expect(own.every(({ product_amount }) => product_amount >= 0)).toBe(true);
            expect(Math.abs(lineSum(own, cart.digits) - exact)).toBeLessThanOrEqual(1 + 1e-6);
          }
        }),
        { numRuns: RANDOM_ORDERS },
      );
    });
  });
}

/** The mapped order of a result that must be one. */
export function accepted(mapped: MapperResult): Extract<MapperResult, { status: "mapped" }> {
  if (mapped.status !== "mapped")
    throw new Error(`not mapped but ${mapped.status}: ${JSON.stringify(mapped.issues)}`);
  return mapped;
}

function fail(): never {
  throw new TypeError("no");
}

const hostile = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    undefined,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    -1,
    1e21,
    2 ** 53,
    "1e99",
    "-0.5",
    "9".repeat(1_000_000),
    "x".repeat(1_000_000),
    "\ud800",
    "__proto__",
    [],
    [null],
    {},
    { nodes: [null] },
    Object.create(null),
    () => 1,
    Symbol("x"),
    1n,
  ),
  fc.anything({ maxDepth: 2 }),
);

/** A cart whose lines do not divide by their quantity, so that each becomes two. */
function longCart(length: number): Cart {
  const lines = Array.from({ length }, (_, index) => ({
    sku: `SKU-${index + 1}`,
    unit: 1_999,
    quantity: 3,
    discount: 100,
  }));
  return {
    currency: "USD",
    digits: 2,
    lines,
    discount: 0,
    discountRate: 0,
    taxRate: 0,
    taxIncluded: false,
    shipping: 500,
    shippingDiscount: 0,
    giftCard: undefined,
  };
}

/** A copy of the document with each value in one of its places. */
function withLeaves(document: object, leaves: readonly (readonly [number, unknown])[]): unknown {
  const copy: unknown = structuredClone(document);
  const places: { holder: object; key: string }[] = [];
  const collect = (holder: unknown): void => {
    if (typeof holder !== "object" || holder === null) return;
    for (const key of Object.keys(holder)) {
      places.push({ holder, key });
      collect(Reflect.get(holder, key));
    }
  };
  collect(copy);
  for (const [place, value] of leaves) {
    const chosen = places[place % places.length];
    if (chosen) Reflect.set(chosen.holder, chosen.key, value);
  }
  return copy;
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const part of Object.values(value)) deepFreeze(part);
    Object.freeze(value);
  }
  return value;
}

function lineSum(lines: readonly ProductPayload[], digits: number): number {
  return lines.reduce((sum, line) => sum + minor(line.product_amount, digits) * line.quantity, 0);
}

function minor(amount: number, digits: number): number {
  return Math.round(amount * 10 ** digits);
}
