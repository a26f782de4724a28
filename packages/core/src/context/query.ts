/** Upper bound of an ID that is sent, in characters. */
export const MAX_ID = 1024;
/** Upper bound of a click token or click ID, in bytes as a cookie encodes it: longer cookies break a shop's proxies. */
export const MAX_TOKEN_BYTES = 256;

/**
 * A parameter of a raw query, as it arrived: percent-decoded once, `+` stays `+`, what cannot be decoded stays raw, and
 * the last non-empty value wins. The name counts in any case, after `&amp;` and after a second `?`, as links written by
 * hand have it. Nothing where the value is longer than {@link MAX_TOKEN_BYTES}.
 */
export function queryValue(url: string, name: string): string | undefined {
  const value = lastValue(url, name);
  return value !== undefined && isToken(value) ? value : undefined;
}

/** The click token in a URL, if there is one. */
export function avadOf(url: string): string | undefined {
  return queryValue(url, "avad");
}

/** Whether a URL bears a click token that is too long to be kept. */
export function hasOversizedToken(url: string): boolean {
  const value = lastValue(url, "avad");
  return value !== undefined && !isToken(value);
}

/** Whether a click token or click ID can be kept in a cookie and sent. */
export function isToken(value: string): boolean {
  return value.isWellFormed() && encodeURIComponent(value).length <= MAX_TOKEN_BYTES;
}

function lastValue(url: string, name: string): string | undefined {
  const [page = ""] = url.split("#", 1);
  const start = page.indexOf("?");
  if (start < 0) return undefined;
  const parameter = new RegExp(`^(?:.*\\?)?(?:amp;)*${name}=(.+)$`, "is");
  let last: string | undefined;
  for (const text of page.slice(start + 1).split("&")) last = parameter.exec(text)?.[1] ?? last;
  return last === undefined ? undefined : decodedOnce(last);
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
  // Only bytes, and not only ASCII.
  if (!/^[\0-\xff]*$/.test(raw) || !/[\x80-\xff]/.test(raw)) return raw;
  try {
    const bytes = Uint8Array.from(raw, (character) => character.charCodeAt(0));
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return raw;
  }
}

/** A web origin of a scheme and a host, with `localhost` for a host that is none. */
export function originOf(scheme: string | undefined, host: string | undefined): string {
  return `${scheme === "https" ? "https" : "http"}://${host !== undefined && isHost(host) ? host : "localhost"}`;
}

const HOST = /^[\w.-]+(?::\d{1,5})?$|^\[[\da-f:.]+\](?::\d{1,5})?$/i;

/** Whether a header's value is a host with or without port, and nothing else. */
export function isHost(value: string): boolean {
  return HOST.test(value);
}
