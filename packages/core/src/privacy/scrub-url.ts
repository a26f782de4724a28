import { isPlainText, namesPerson } from "./personal-data.ts";

/** Upper bound of a URL that is sent, in characters. A longer URL loses its query, then its path. */
const MAX_URL = 2048;
/** Upper bound of a URL that is read whole; of a longer one only the part before the query. */
const MAX_READ = 16_384;
const MAX_PARAMETER = 512;
const SCHEMES: ReadonlySet<string> = new Set(["http:", "https:", "android-app:", "ios-app:"]);
const CAMPAIGN = /^(?:utm_\w{1,32}|netid|avad_ttl)$/;

/**
 * The part of a page's URL that may be sent: origin, path and the parameters `avad`, `gclid`, `utm_*`, `netid`,
 * `avad_ttl` and those named in `keep`. A path segment that may hide a person or a secret becomes `removed`. `""`
 * where the value is no absolute web address.
 */
export function scrubUrl(value: unknown, keep: readonly string[] = []): string {
  if (typeof value !== "string") return "";
  const text = value.length > MAX_READ ? (value.slice(0, MAX_READ).split(/[?#]/, 1)[0] ?? "") : value;
  const url = parsed(text.trim());
  if (!url || !SCHEMES.has(url.protocol) || url.host === "") return "";
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

function parsed(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
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
