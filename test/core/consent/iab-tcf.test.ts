import type { ConsentRequest } from "@avantlink-s2s/core";
import { iabTcf } from "@avantlink-s2s/core/consent";
import { GVL, PurposeRestriction, RestrictionType, TCModel, TCString } from "@iabtechlabtcf/core";
import fc from "fast-check";
import { expect, test } from "vitest";

const RUNS = Number(process.env.RANDOM_ORDERS ?? 500);
const VENDORS = [1, 2, 3, 5, 16, 136, 137, 138, 755, 1000, 1111];

/** TC strings of public code and of IAB's documentation, all dated anew. */
const SAMPLES: readonly string[] = [
  "CQuci4AQuci4AAGABBENB3FgAAAAAAAAAAYgAAAAAAAA.YAAAAAAAAAAA",
  "CQuci4AQuci4AKjACBENAPCIAEBAAECAAIAAAAAAAAAA",
  "CQuci4AQuci4AAHABBENAwEsAP_gAAAAAAAAF5wBgAIAAqABaAFsAUgC8wAAACkoAMAAQUJKQAYAAgoSQgAwABBQkdABgACChISADAAEFCQA.f_wAAAAAAAAA",
  "CQuci4AQuci4AFCABAENC3CsAP_AAH_AAAwIF5wAQF5gXnABAXmAAAAA.YAAAAAAAAAAA",
  "CQuci4AQuci4AAHABBENCsFgAAAAAAAAAAYgAAAAAAEhgAMAAQZhEAAYAAgzCKAAwABBmEYABgACDMJAADAAEGYQkAEBeY6ACAvMlABAXmUgAgLz.IF5wAQF5gAAA",
  "CQuci4AQuci4AAbAAAENAPCAAOAAAAAAAAAAAEEUACCKAAA.IFoEUQQgAIQwgIwQABAEAAAAOIAACAIAAAAQAIAgEAACEAAAAAgAQBAAAAAAAGBAAgAAAAAAAFAAECAAAgAAQARAEQAAAAAJAAIAAgAAAYQEAAAQmAgBC3ZAYzUw",
  "CQuci4AQuci4AAfKABENB-CgAAAAAAAAAAYgAAAAAAAA",
];

function requestWith(cookie: string): ConsentRequest {
  return { url: "https://shop.example/", headers: new Headers({ cookie }), cookies: {} };
}

function vendorList(): GVL {
  const purposes = [1, 2, 3, 4, 7, 9, 10];
  const unused = { specialPurposes: [], features: [], specialFeatures: [] };
  const vendors = VENDORS.map((id) => [
    id,
    { id, purposes, legIntPurposes: [], flexiblePurposes: purposes, ...unused },
  ]);
  const list: unknown = {
    gvlSpecificationVersion: 3,
    vendorListVersion: 120,
    tcfPolicyVersion: 5,
    lastUpdated: "2026-11-01T00:00:00Z",
    purposes: Object.fromEntries(purposes.map((id) => [id, { id }])),
    vendors: Object.fromEntries(vendors),
    ...{ specialPurposes: {}, features: {}, specialFeatures: {}, stacks: {}, dataCategories: {} },
  };
  return new GVL(list as ConstructorParameters<typeof GVL>[0]);
}

interface Choice {
  readonly purposes: readonly number[];
  readonly vendors: readonly number[];
  readonly restrictions: readonly {
    readonly vendor: number;
    readonly purpose: number;
    readonly kind: number;
  }[];
}

/** A TC string as a consent platform writes it. */
function tcString({ purposes, vendors, restrictions }: Choice): string {
  const model = new TCModel(vendorList());
  Object.assign(model, { cmpId: 31, cmpVersion: 1, consentScreen: 1, consentLanguage: "EN" });
  model.isServiceSpecific = true;
  model.purposeConsents.set([...purposes]);
  model.vendorConsents.set([...vendors]);
  model.vendorLegitimateInterests.set([2, 5]);
  for (const { vendor, purpose, kind } of restrictions) {
    const restriction = new PurposeRestriction();
    Object.assign(restriction, { purposeId: purpose, restrictionType: kind });
    model.publisherRestrictions.add(vendor, restriction);
  }
  return TCString.encode(model);
}

/** The same question, put to IAB's library. */
function byLibrary(value: string, purposes: readonly number[], vendor?: number): boolean {
  const model = TCString.decode(value);
  if (!purposes.every((purpose) => model.purposeConsents.has(purpose))) return false;
  if (vendor === undefined) return true;
  const restricted = model.publisherRestrictions
    .getRestrictions(vendor)
    .some(
      ({ purposeId, restrictionType }) =>
        purposeId !== undefined &&
        purposes.includes(purposeId) &&
        restrictionType !== RestrictionType.REQUIRE_CONSENT,
    );
  return model.vendorConsents.has(vendor) && !restricted;
}

test.each(SAMPLES)("says of %s what IAB's library says", (value) => {
  for (const purposes of [[1], [2], [1, 7], [2, 10], [1, 2, 3, 4, 7, 9, 10]]) {
    for (const vendor of [undefined, 1, 2, 8, 28, 136, 755]) {
      const granted = iabTcf({ purposes, vendor })(requestWith(`a=b; euconsent-v2=${value}`));
      expect({ purposes, vendor, granted }).toEqual({
        purposes,
        vendor,
        granted: byLibrary(value, purposes, vendor),
      });
    }
  }
});

test("grants where purposes and vendor are granted, and nowhere else", () => {
  const value = tcString({ purposes: [1, 7], vendors: [2, 755], restrictions: [] });
  const says = (options: Parameters<typeof iabTcf>[0]) =>
    iabTcf(options)(requestWith(`euconsent-v2=${value}`));
  expect(says({ purposes: [1, 7] })).toBe(true);
  expect(says({ purposes: [1, 7], vendor: 755 })).toBe(true);
  expect(says({ purposes: [1, 2] })).toBe(false);
  expect(says({ purposes: [1, 7], vendor: 136 })).toBe(false);
});

const choices: fc.Arbitrary<Choice> = fc.record({
  purposes: fc.uniqueArray(fc.constantFrom(1, 2, 3, 4, 7, 9, 10)),
  vendors: fc.uniqueArray(fc.constantFrom(...VENDORS)),
  restrictions: fc.array(
    fc.record({
      vendor: fc.constantFrom(...VENDORS),
      purpose: fc.constantFrom(1, 2, 7),
      kind: fc.constantFrom(0, 1, 2),
    }),
    { maxLength: 4 },
  ),
});

test(`says what IAB's library says, for ${RUNS} random strings`, () => {
  fc.assert(
    fc.property(
      choices,
      fc.uniqueArray(fc.constantFrom(1, 2, 3, 7), { minLength: 1 }),
      fc.constantFrom(undefined, ...VENDORS),
      (choice, purposes, vendor) => {
        const value = tcString(choice);
        const granted = iabTcf({ purposes, vendor })(requestWith(`euconsent-v2=${value}`));
        expect(granted).toBe(byLibrary(value, purposes, vendor));
      },
    ),
    { numRuns: RUNS },
  );
});

test.each([
  "",
  "%",
  "C",
  "BOEFEAyOEFEAyAHABDENAI4AAAB9vABAASA",
  "CQuci4AQuci4",
  "__proto__",
  "_".repeat(8_000),
  "C".repeat(1_000_000),
])("takes the broken string %.40s for no answer", (value) => {
  const request = {
    ...requestWith(""),
    headers: { get: () => `euconsent-v2=${value}` } as unknown as Headers,
  };
  expect(iabTcf({ purposes: [1], vendor: 755 })(request)).toBe(false);
  expect(iabTcf({ purposes: [1], vendor: 755, whenUnknown: "allow" })(request)).toBe(true);
});

test("denies where one of two strings denies, and reads OneTrust's cookie by its name", () => {
  const granted = tcString({ purposes: [1, 7], vendors: [], restrictions: [] });
  const denied = tcString({ purposes: [], vendors: [], restrictions: [] });
  const purposes = [1, 7];
  expect(iabTcf({ purposes })(requestWith(`euconsent-v2=${granted}; euconsent-v2=${denied}`))).toBe(false);
  const cookieName = "eupubconsent-v2";
  expect(iabTcf({ purposes, cookieName })(requestWith(`eupubconsent-v2=${granted}`))).toBe(true);
  expect(iabTcf({ purposes })(requestWith(`eupubconsent-v2=${granted}`))).toBe(false);
});

test("refuses purposes and vendors that IAB does not have", () => {
  for (const purposes of [[], [0], [25], [1.5], "1", undefined] as unknown as number[][])
    expect(() => iabTcf({ purposes })).toThrow("purposes");
  for (const vendor of [0, -1, 1.5, 70_000, "755"] as unknown as number[])
    expect(() => iabTcf({ purposes: [1], vendor })).toThrow("vendor");
});

test("denies where a string is cut off behind its denial, also where what is unknown is allowed", () => {
  const denied = tcString({ purposes: [7], vendors: [755], restrictions: [] });
  const reader = iabTcf({ purposes: [1, 7], vendor: 755, whenUnknown: "allow" });
  expect(reader(requestWith(`euconsent-v2=${denied.slice(0, 34)}`))).toBe(false);
});
