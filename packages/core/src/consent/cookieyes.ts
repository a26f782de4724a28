import {
  answerInPairs,
  type ConsentReader,
  consentReader,
  decoded,
  type ReaderOptions,
  text,
} from "./consent-reader.ts";

/**
 * CookieYes: the cookie `cookieyes-consent`, a list of pairs (`consent:yes,action:yes,advertisement:yes`). Only the
 * category's pair counts, as in CookieYes' own script. It is empty until the banner has been shown.
 *
 * CookieYes documents the categories and not the cookie: its format is that of cookies in public code, November 2026.
 */
export function cookieYes(
  category: "functional" | "analytics" | "performance" | "advertisement" | "other",
  options?: ReaderOptions,
): ConsentReader {
  text(category, "category");
  return consentReader(
    "cookieyes-consent",
    (value) => answerInPairs(decoded(value).split(","), category, ["yes", "no"]),
    options,
  );
}
