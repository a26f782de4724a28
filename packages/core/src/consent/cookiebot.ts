import {
  answerInPairs,
  type ConsentReader,
  consentReader,
  decoded,
  type ReaderOptions,
  text,
} from "./consent-reader.ts";

/**
 * Cookiebot: the cookie `CookieConsent`, an object in JavaScript's notation (`{stamp:'…',marketing:true}`). The value
 * `-1` means that the shopper's region needs no consent, `0` that nothing was accepted.
 *
 * Source: CybotAS/CookiebotWP, documentation/CookiebotAPI.md, and cookiebot.com/en/developer, read in November 2026.
 */
export function cookiebot(
  category: "preferences" | "statistics" | "marketing",
  options?: ReaderOptions,
): ConsentReader {
  text(category, "category");
  return consentReader(
    "CookieConsent",
    (value) => {
      const written = decoded(value);
      if (written === "-1") return true;
      if (written === "0") return false;
      if (!written.startsWith("{") || !written.endsWith("}")) return undefined;
      // A quoted text may hold anything: what is left are the fields with true, false or a number.
      const fields = written
        .slice(1, -1)
        .replaceAll(/'[^']*'/g, "")
        .split(",");
      return answerInPairs(fields, category, ["true", "false"]);
    },
    options,
  );
}
