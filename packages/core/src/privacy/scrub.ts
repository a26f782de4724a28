import { sha256Hex } from "../runtime.ts";

const LOCAL_END = /[^\s@/?&=<>()[\],;:\\]$/u;
const DOMAIN = /[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+/uy;
// A run before two dots, which may be the head of a signed token, or of an encrypted token with an empty second part.
// The run is matched whole, because a search from every "eyJ" inside it would read the rest of the run again.
const BEFORE_TWO_DOTS = /(?<![\w-])([\w-]+)(?=\.[\w-]*\.)/g;
const TOKEN_HEAD = /eyJ[\w-]{8}/;
// What is not printable ASCII, or a blank at an end. Few texts have any.
const UNTIDY = /[^ -~]|^ | $/;
const ESCAPES = /(?:%[0-9a-f]{2})+/gi;

/** How many layers of percent-encoding are taken off. */
const LAYERS = 8;
/** All but letters, digits and the punctuation of names: the signs that addresses, markup and escapes need. */
const NOT_PLAIN = /[^\p{L}\p{N}\p{M} ._~!$'()*,:+|/%-]|%[\da-fA-F]{2}/u;
const UUID = /[\da-f]{8}(?:-[\da-f]{4}){3}-/i;

/** Upper bound of a URL that is sent, in characters. A longer URL loses its query, then its path. */
const MAX_URL = 2048;
/** Upper bound of a URL that is read whole; of a longer one only the part before the query. */
const MAX_READ_URL = 16_384;
const MAX_PARAMETER = 512;
const SCHEMES: ReadonlySet<string> = new Set(["http:", "https:", "android-app:", "ios-app:"]);
const CAMPAIGN = /^(?:utm_\w{1,32}|netid|avad_ttl)$/;

/** Whether an e-mail address stands anywhere in the text. Linear: each `@` is looked at once. */
export function holdsEmail(text: string): boolean {
  for (let at = text.indexOf("@"); at >= 0; at = text.indexOf("@", at + 1)) {
    DOMAIN.lastIndex = at + 1;
    if (at > 0 && LOCAL_END.test(text.slice(Math.max(0, at - 2), at)) && DOMAIN.test(text)) return true;
  }
  return false;
}

/** Whether a JSON Web Token stands anywhere in the text. */
function holdsToken(text: string): boolean {
  if (!text.includes("eyJ")) return false;
  for (const [, run = ""] of text.matchAll(BEFORE_TWO_DOTS)) if (TOKEN_HEAD.test(run)) return true;
  return false;
}

/** Whether a code or an ID holds an e-mail address, at any depth of percent-encoding, or a JSON Web Token. */
export function namesPerson(text: string): boolean {
  return holdsEmail(text) || holdsToken(text) || (text.includes("%") && holdsEmail(fullyDecoded(text)));
}

/**
 * Whether a part of a URL holds words and numbers only: no e-mail address and no secret, in whatever way they are
 * written. A harmless text that looks random fails too. For URLs only, since a SKU may look random as well.
 */
export function isPlainText(text: string): boolean {
  const plain = fullyDecoded(text);
  return (
    !NOT_PLAIN.test(plain) && !UUID.test(plain) && !(plain.match(/[a-z\d]{12,}/gi) ?? []).some(looksRandom)
  );
}

/** Whether a run of letters and digits is more likely a token, hexadecimal or Base64 than a word. */
function looksRandom(run: string): boolean {
  const hasDigit = /\d/.test(run);
  if (run.length >= 16 && hasDigit && /[a-z]/i.test(run)) return true;
  return /[a-z]/.test(run) && /[A-Z]/.test(run) && (hasDigit || /[A-Z]{2}/.test(run));
}

/** A text without the words that hold an e-mail address or a token. */
export function publicWords(text: string): string {
  if (!namesPerson(text)) return text;
  return text
    .split(/([\s;,()<>]+)/)
    .map((word) => (namesPerson(word) ? "" : word))
    .join("")
    .trim();
}

/**
 * An ID that identifies no person. An e-mail address, however encoded, becomes its hash (trimmed, lower case, SHA-256
 * in hex), a token becomes its own hash, any other ID stays as it is.
 */
export function anonymousId(id: string): string {
  const plain = fullyDecoded(id).trim();
  // An address as an ID counts however odd its domain.
  if (/^[^@\s]+@[^@\s]+$/.test(plain) || holdsEmail(plain)) return sha256Hex(plain.toLowerCase());
  return namesPerson(id) ? sha256Hex(id) : id;
}

/** A text without percent-encoding, also where it was encoded several times. */
function fullyDecoded(value: string): string {
  let layer = value;
  for (let depth = 0; depth < LAYERS; depth++) {
    const decoded = percentDecode(layer);
    if (decoded === layer) break;
    layer = decoded;
  }
  return layer;
}

/** Removes one layer of percent-encoding. What cannot be decoded stays as it is. */
function percentDecode(value: string): string {
  if (!value.includes("%")) return value;
  return value.replace(ESCAPES, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run.replace(/%([0-7][0-9a-f])/gi, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
    }
  });
}

/**
 * A text from outside, fit for JSON and for people: without lone surrogates and control characters, trimmed, and cut at
 * `max` characters without splitting one.
 */
export function tidyText(value: unknown, max: number): string {
  if (typeof value !== "string") return "";
  if (value.length <= max && !UNTIDY.test(value)) return value;
  // Cut before the search, so that a megabyte costs no more than the part that is kept.
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

/**
 * The part of a page's URL that may be sent: origin, path and the parameters `avad`, `gclid`, `utm_*`, `netid`,
 * `avad_ttl` and those named in `keep`. A path segment that may hide a person or a secret becomes `removed`. `""`
 * where the value is no absolute web address.
 */
export function scrubUrl(value: unknown, keep: readonly string[] = []): string {
  if (typeof value !== "string") return "";
  const head = value.length > MAX_READ_URL ? (value.slice(0, MAX_READ_URL).split(/[?#]/, 1)[0] ?? "") : value;
  const text = head.trim();
  if (!URL.canParse(text)) return "";
  const url = new URL(text);
  if (!SCHEMES.has(url.protocol) || url.host === "") return "";
  const origin = `${url.protocol}//${url.host}`;
  const path = isPlainText(url.pathname)
    ? url.pathname
    : url.pathname.split("/").map(publicSegment).join("/");
  const page = origin + path;
  let query = "";
  for (const parameter of url.search.slice(1).split("&"))
    if (isKept(parameter, keep)) query += `${query === "" ? "?" : "&"}${parameter}`;
  if (page.length + query.length <= MAX_URL) return page + query;
  return page.length <= MAX_URL ? page : `${origin}/`;
}

/** A segment without its own parameters (`;jsessionid=…`). */
function publicSegment(segment: string): string {
  const [name = ""] = segment.split(";", 1);
  return isPlainText(name) ? name : "removed";
}

function isKept(parameter: string, keep: readonly string[]): boolean {
  const [name = ""] = parameter.split("=", 1);
  const value = parameter.slice(name.length + 1);
  if (value === "" || value.length > MAX_PARAMETER) return false;
  // The token is AvantLink's own, whatever it looks like; a click ID and the shop's own parameters may look like secrets.
  if (name.toLowerCase() === "avad") return true;
  if (name === "gclid" || keep.includes(name)) return !namesPerson(value);
  return CAMPAIGN.test(name) && isPlainText(value.replaceAll("+", " "));
}
