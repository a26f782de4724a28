// Printable ASCII with no blank at either end needs no work, and is what nearly every text is.
const PLAIN = /^(?:[!-~](?:[ -~]*[!-~])?)?$/;

/**
 * A stranger's text made fit for JSON and for people: no lone surrogates, no control characters, trimmed, and
 * cut at `max` characters without splitting one.
 */
export function tidyText(value: unknown, max: number): string {
  if (typeof value !== "string") return "";
  if (value.length <= max && PLAIN.test(value)) return value;
  // Cut before the scan, so that a megabyte costs no more than what is kept.
  const head = value.length > max * 2 ? value.slice(0, max * 2) : value;
  const tidy = head
    .toWellFormed()
    .replace(/[\p{Cc}\u2028\u2029]+/gu, " ")
    .trim();
  return cutText(tidy, max);
}

/** At most `max` UTF-16 units, never ending in half a character. */
export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? max - 1 : max);
}
