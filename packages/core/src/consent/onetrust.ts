import {
  answerInPairs,
  type ConsentReader,
  consentReader,
  decoded,
  type ReaderOptions,
  text,
} from "./consent-reader.ts";

/**
 * OneTrust: the cookie `OptanonConsent`, whose field `groups` lists each group with 1 or 0 (`C0001:1,C0004:0`).
 *
 * Source: my.onetrust.com, "OneTrust Cookies" (UUID-2dc719a8-4be5-8d16-1dc8-c7b4147b88e0), read in November 2026.
 */
export function oneTrust(group: string, options?: ReaderOptions): ConsentReader {
  text(group, "group");
  return consentReader(
    "OptanonConsent",
    (value) => {
      // Split first, decode then: `landingPath` holds an address that anybody can write, `&groups=` included.
      const fields = new URLSearchParams(value.includes("=") ? value : decoded(value));
      const groups = fields.getAll("groups").flatMap((list) => list.split(","));
      return answerInPairs(groups, group, ["1", "0"]);
    },
    options,
  );
}
