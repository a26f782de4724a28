import { packContext, type TrackingContext, unpackContext } from "@avantlink-s2s/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { aContext } from "../../support/orders.ts";

describe("a packed context", () => {
  test("comes back as it was", () => {
    const context = aContext({ userIds: ["u-17"], googleClickId: "Cj0", gpc: true, consent: "granted" });
    expect(unpackContext(packContext(context))).toEqual(context);
    expect(unpackContext(packContext({}))).toEqual({});
  });

  test.each([
    [{ avantlink_consent: "Denied" }, { consent: "denied" }],
    [{ avantlink_consent: false }, { consent: "denied" }],
    [{ avantlink_consent: "maybe" }, { consent: "denied" }],
    [{ avantlink_gpc: "true" }, { gpc: true }],
    [{ avantlink_gpc: 1 }, { gpc: true }],
    [{ avantlink_gpc: "0", avantlink_consent: "" }, {}],
  ])("a denial counts however the platform gave it back: %o", (record, context) => {
    expect(unpackContext(record)).toEqual(context);
  });

  test("fits a Stripe session's metadata, and leaves room for the shop's own", () => {
    const long = aContext({
      userAgent: "U".repeat(5000),
      currentUrl: `https://shop.example/${"a".repeat(5000)}?${"x=1&".repeat(3000)}`,
      referrerUrl: `https://shop.example/?q=${"b".repeat(1900)}`,
      avad: "💰".repeat(21),
      visitorIds: Array.from({ length: 50 }, (_, index) => `${index}`.repeat(600)),
    });
    const packed = packContext(long);
    const entries = Object.entries(packed);
    expect(entries.length).toBeLessThan(45);
    for (const [key, value] of entries) {
      expect(key).toMatch(/^avantlink_[a-z0-9_]{1,30}$/);
      expect(value.length).toBeLessThanOrEqual(500);
      expect(value.isWellFormed()).toBe(true);
    }
    expect(unpackContext(packed).avad).toBe(long.avad);
  });

  test("of an older or newer version still says what the shopper refused", () => {
    const packed = { ...packContext({ avad: "1", consent: "denied", gpc: true }), avantlink_version: "7" };
    expect(unpackContext(packed)).toEqual({ consent: "denied", gpc: true });
  });

  test("drops whole IDs where they find no room", () => {
    const visitorIds = Array.from({ length: 5 }, (_, index) => `${index}${'"'.repeat(900)}`);
    expect(unpackContext(packContext({ visitorIds })).visitorIds).toEqual(visitorIds.slice(0, 1));
  });

  test("holds what would be sent, and no e-mail address anywhere", () => {
    const jane = "x jane@doe.com";
    const packed = packContext({
      userAgent: jane,
      googleClickId: jane,
      customTrackingCode: jane,
      ipAddress: "::ffff:203.0.113.7",
    });
    expect(JSON.stringify(packed)).not.toContain("jane");
    expect(unpackContext(packed)).toMatchObject({ userAgent: "x", ipAddress: "203.0.113.7" });
  });

  test("keeps the parameters that the tracker keeps, where they are named", () => {
    const context = { currentUrl: "https://shop.example/?order=7&email=jane%40doe.com&utm_source=x" };
    expect(unpackContext(packContext(context)).currentUrl).toBe("https://shop.example/?utm_source=x");
    expect(unpackContext(packContext(context, { keepParameters: ["order", "email"] })).currentUrl).toBe(
      "https://shop.example/?order=7&utm_source=x",
    );
  });

  test("holds no e-mail address", () => {
    const packed = packContext({
      userIds: [" Jane@Doe.com "],
      currentUrl: "https://shop.example/?u=jane%40doe.com",
    });
    expect(JSON.stringify(packed)).not.toMatch(/jane/i);
    expect(unpackContext(packed).userIds).toEqual([
      "7c815580ad3844bcb627c74d24eaf700e1a711d9c23e9beb62ab8d28e8cb7954",
    ]);
  });

  test.each([[null], [undefined], ["text"]])(
    "a checkout that kept %j as its context packs an empty one",
    (kept) => {
      expect(unpackContext(packContext(kept as unknown as TrackingContext))).toEqual({});
    },
  );

  test.each([
    [undefined],
    [null],
    ["text"],
    [[]],
    [{}],
    [{ avantlink_version: "2", avantlink_avad: "x" }],
    [{ avantlink_avad: "x" }],
    [{ avantlink_version: "1", avantlink_visitor_ids: "{not json" }],
    [{ avantlink_version: "1", avantlink_avad: 7, avantlink_user_agent: ["x"] }],
    [{ avantlink_version: "1", avantlink_avad: "x".repeat(501) }],
  ])("that is %j is an empty context", (record) => {
    expect(unpackContext(record)).toEqual({});
  });

  test("that cannot even be looked at is an empty context", () => {
    const ownKeys = () => {
      throw new Error("boom");
    };
    expect(unpackContext(new Proxy({}, { ownKeys }))).toEqual({});
  });

  test("keeps a denial beside a property that cannot be read, and denies where the choice itself cannot be", () => {
    const throws = {
      get(): never {
        throw new Error("no");
      },
      enumerable: true,
    };
    const denied = packContext({ avad: "1", consent: "denied", gpc: true });
    expect(unpackContext(Object.defineProperty({ ...denied }, "email", throws))).toEqual({
      avad: "1",
      consent: "denied",
      gpc: true,
    });
    const record = Object.defineProperty(packContext({ avad: "1" }), "avantlink_consent", throws);
    expect(unpackContext(record)).toEqual({ avad: "1", consent: "denied" });
  });

  test("takes its own keys only", () => {
    expect(unpackContext({ ...packContext({ avad: "1" }), email: "a@b.co", order: "7" })).toEqual({
      avad: "1",
    });
  });

  test("survives any text, and never fails on any record", () => {
    const text = fc.option(
      fc.string({ unit: "grapheme", minLength: 1, maxLength: 900 }).filter((value) => value.trim() === value),
      { nil: undefined },
    );
    fc.assert(
      fc.property(text, (avad) => {
        const context: TrackingContext = avad === undefined ? {} : { avad };
        expect(unpackContext(packContext(context))).toEqual(context);
      }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.anything()), (record) => {
        expect(() => unpackContext({ avantlink_version: "1", ...record })).not.toThrow();
      }),
    );
  });
});
