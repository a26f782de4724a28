/** Longest click token or ID that is stored or sent, in characters. */
export const MAX_ID = 1024;

/**
 * A parameter of a raw query, as it arrived: percent-decoded once, `+` stays `+`, what cannot be decoded stays
 * raw, and the last non-empty value wins.
 */
export function queryValue(url: string, name: string): string | undefined {
  if (!url.includes(`${name}=`)) return undefined;
  const [page = ""] = url.split("#", 1);
  const start = page.indexOf("?");
  if (start < 0) return undefined;
  const query = page.slice(start + 1);
  let found: string | undefined;
  for (const parameter of query.split("&")) {
    if (!parameter.startsWith(`${name}=`)) continue;
    const value = decodedOnce(parameter.slice(name.length + 1));
    if (value !== "") found = value;
  }
  return found !== undefined && found.length <= MAX_ID ? found : undefined;
}

/** The click token in an address, if there is one. */
export function avadOf(url: string): string | undefined {
  return queryValue(url, "avad");
}

function decodedOnce(raw: string): string {
  try {
    return decodeURIComponent(bytesAsText(raw));
  } catch {
    return raw;
  }
}

/** Node hands over unencoded bytes of a request line as Latin-1; as UTF-8 they are what the browser meant. */
function bytesAsText(raw: string): string {
  const bytes = Array.from(raw, (character) => character.codePointAt(0) ?? 0);
  if (!bytes.some((byte) => byte > 0x7f) || bytes.some((byte) => byte > 0xff)) return raw;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes));
  } catch {
    return raw;
  }
}
