import { sha256Hex } from "../runtime.ts";

const LOCAL_END = /[^\s@/?&=<>()[\],;:\\]$/u;
const DOMAIN = /[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+/uy;
// What may end in the head of a signed token, or of an encrypted one, whose second part is empty. It is taken whole:
// from every "eyJ" inside a long run, the search would go through the rest of it again.
const BEFORE_TWO_DOTS = /(?<![\w-])([\w-]+)(?=\.[\w-]*\.)/g;
const TOKEN_HEAD = /eyJ[\w-]{8}/;
const NOT_BASE64 = /[^\w+/-]+/;
const SHORTEST_BASE64 = 12;
/** How often Base64 is looked into for more of it. */
const BASE64_LAYERS = 2;
const ESCAPES = /(?:%[0-9a-f]{2})+/gi;

/** How often a value may be percent-encoded upon itself before it counts as hiding something. */
const LAYERS = 8;

/** Whether an ID is an e-mail address, however odd its domain. */
function isEmailShaped(id: string): boolean {
  return id.includes("@") && /^[^@\s]+@[^@\s]+$/.test(id.trim());
}

/** An e-mail address as an ID: trimmed, in lower case, SHA-256 in hex. */
function hashEmail(email: string): string {
  return sha256Hex(email.trim().toLowerCase());
}

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

/**
 * Whether a code or an ID holds an e-mail address, at any depth of percent-encoding, or a JSON Web Token. What stands
 * in an address is searched harder ({@link holdsPrivateData}): a SKU may look like Base64 by chance.
 */
export function namesPerson(text: string): boolean {
  return holdsEmail(text) || holdsToken(text) || (text.includes("%") && holdsEmail(fullyDecoded(text)));
}

/** A text without its words that name a person. */
export function publicWords(text: string): string {
  if (!namesPerson(text)) return text;
  return text
    .split(/([\s;,()<>]+)/)
    .map((word) => (namesPerson(word) ? "" : word))
    .join("")
    .trim();
}

/**
 * An ID that names nobody: an e-mail address, however it is encoded, as its hash (trimmed, lower case, SHA-256 in
 * hex), a token as its own.
 */
export function anonymousId(id: string): string {
  const plain = fullyDecoded(id);
  if (isEmailShaped(plain) || holdsEmail(plain)) return hashEmail(plain);
  return namesPerson(id) ? sha256Hex(id) : id;
}

/** Whether a value holds an e-mail address or a JSON Web Token, at any depth of percent-encoding or in Base64. */
export function holdsPrivateData(value: string): boolean {
  if (!/[@%=]|eyJ|[\w+/-]{12}/.test(value)) return false;
  let layer = value;
  for (let depth = 0; depth < LAYERS; depth++) {
    if (holdsEmail(layer) || holdsToken(layer) || hidesInBase64(layer, BASE64_LAYERS)) return true;
    const decoded = percentDecode(layer);
    if (decoded === layer) return false;
    layer = decoded;
  }
  return true;
}

/** Every percent-encoding layer taken off, as far as they go. */
export function fullyDecoded(value: string): string {
  let layer = value;
  for (let depth = 0; depth < LAYERS; depth++) {
    const decoded = percentDecode(layer);
    if (decoded === layer) break;
    layer = decoded;
  }
  return layer;
}

/** One layer of percent-encoding taken off, leaving what cannot be decoded as it is. */
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

/** Whether Base64 anywhere in the text, of either alphabet, hides an e-mail address or a token. */
function hidesInBase64(text: string, layers: number): boolean {
  return text.split(NOT_BASE64).some((run) => {
    // A slash may belong to it, or to a path around it.
    const parts = run.includes("/") ? [run, ...run.split("/")] : [run];
    return parts.some((part) => part.length >= SHORTEST_BASE64 && isHidden(part, layers));
  });
}

function isHidden(base64: string, layers: number): boolean {
  let decoded: string;
  try {
    decoded = atob(base64.replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    return false;
  }
  if (holdsEmail(fullyDecoded(decoded)) || holdsToken(decoded)) return true;
  return layers > 1 && hidesInBase64(decoded, layers - 1);
}

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
