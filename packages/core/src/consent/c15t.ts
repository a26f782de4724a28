import {
  agreed,
  type ConsentReader,
  consentReader,
  decoded,
  type ReaderOptions,
  text,
} from "./consent-reader.ts";

/**
 * c15t: the cookie `c15t`, a list of pairs (`c.necessary:1,c.marketing:1,i.t:1764374400000`). c15t writes only what was
 * granted, so a category that is missing beside others is denied.
 *
 * Source: github.com/c15t/c15t, packages/core/src/libs/cookie/serialization.ts of version 2.1, read in November 2026.
 */
export function c15t(category: string, options?: ReaderOptions): ConsentReader {
  text(category, "category");
  return consentReader(
    "c15t",
    (value) => {
      const pairs = decoded(value)
        .split(",")
        .map((pair) => pair.trim());
      if (!pairs.some((pair) => /^c\.[^:]+:[01]$/.test(pair))) return undefined;
      const own = pairs.filter((pair) => pair.startsWith(`c.${category}:`));
      return agreed(own.map((pair) => pair.endsWith(":1"))) ?? false;
    },
    options,
  );
}
