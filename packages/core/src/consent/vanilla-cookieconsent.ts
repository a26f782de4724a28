import { type ConsentReader, consentReader, jsonObject, type ReaderOptions, text } from "./consent-reader.ts";

/**
 * vanilla-cookieconsent: the cookie `cc_cookie`, JSON with the accepted `categories` (version 2 before 2.8 calls them
 * `level`). A category that is not among them is denied.
 *
 * Source: github.com/orestbida/cookieconsent, src/utils/cookies.js of version 3, read in November 2026.
 */
export function vanillaCookieConsent(category: string, options?: ReaderOptions): ConsentReader {
  text(category, "category");
  return consentReader(
    "cc_cookie",
    (value) => {
      const written = jsonObject(value);
      const categories: unknown = written?.categories ?? written?.level;
      return Array.isArray(categories) ? categories.includes(category) : undefined;
    },
    options,
  );
}
