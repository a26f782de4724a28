import { iso31661Alpha3ToAlpha2 } from "iso-3166";

const ALPHA3: ReadonlyMap<string, string> = new Map(Object.entries(iso31661Alpha3ToAlpha2));
const ALPHA2: ReadonlySet<string> = new Set(ALPHA3.values());

/**
 * A country as it goes on the wire: alpha-2 and alpha-3 codes as alpha-2, `UK` as `GB`, a full name unchanged.
 * `known` is false for a code of two or three letters that ISO-3166 does not have.
 */
export function wireCountry(value: string): { country: string; known: boolean } {
  if (!/^[a-z]{2,3}$/i.test(value)) return { country: value, known: true };
  const code = value.toUpperCase();
  if (code === "UK") return { country: "GB", known: true };
  const country = ALPHA3.get(code) ?? code;
  return { country, known: ALPHA2.has(country) };
}
