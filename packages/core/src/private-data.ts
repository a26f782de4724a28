import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js";

const LOCAL_END = /[^\s@/?&=<>()[\],;:\\]$/u;
const DOMAIN = /[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63})+/uy;
// Signed tokens and encrypted ones, whose second part is empty. It starts where no letter stands before it: from
// every "eyJ" inside a long run, the search would go through the rest of it again.
const JWT = /(?<![\w-])eyJ[\w-]{8,}\.[\w-]*\./;
const BASE64 = /^[\w+/-]{12,}={0,2}$/;
/** How often Base64 is looked into for more of it. */
const BASE64_LAYERS = 2;
const ESCAPES = /(?:%[0-9a-f]{2})+/gi;

/** How often a value may be percent-encoded upon itself before it counts as hiding something. */
const LAYERS = 8;

/** SHA-256 in lower-case hex of the text's UTF-8 bytes. */
export function sha256Hex(text: string): string {
  return bytesToHex(sha256(utf8ToBytes(text)));
}

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

/**
 * Whether a code or an ID holds an e-mail address, at any depth of percent-encoding, or a JSON Web Token. What stands
 * in an address is searched harder ({@link holdsPrivateData}): a SKU may look like Base64 by chance.
 */
export function namesPerson(text: string): boolean {
  return holdsEmail(text) || JWT.test(text) || (text.includes("%") && holdsEmail(fullyDecoded(text)));
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
    if (holdsEmail(layer) || JWT.test(layer) || hidesEmailInBase64(layer, BASE64_LAYERS)) return true;
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

function hidesEmailInBase64(value: string, layers: number): boolean {
  return value.split(/[.:|~]/).some((part) => {
    if (!BASE64.test(part)) return false;
    try {
      const decoded = atob(part.replaceAll("-", "+").replaceAll("_", "/").replace(/=+$/, ""));
      return holdsEmail(fullyDecoded(decoded)) || (layers > 1 && hidesEmailInBase64(decoded, layers - 1));
    } catch {
      return false;
    }
  });
}
