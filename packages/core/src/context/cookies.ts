import { parse, parseSetCookie, serialize } from "cookie";
import { MAX_ID } from "./query.ts";

/** What a visitor's browser keeps for us. */
export type VisitorCookies = ReturnType<typeof readVisitorCookies>;

/** The names and attributes of our cookies. */
export interface CookieSettings {
  readonly names: { readonly avad: string; readonly visitor: string; readonly gclid: string };
  readonly domain: string | undefined;
  readonly days: number;
  readonly sameSite: "lax" | "strict" | "none";
}

/** A cookie that a response sets, with those of its attributes that the response names. */
export interface CookieParts {
  readonly name: string;
  /** Decoded. */
  readonly value: string;
  readonly path?: string | undefined;
  readonly domain?: string | undefined;
  readonly maxAge?: number | undefined;
  readonly expires?: Date | undefined;
  readonly httpOnly?: boolean | undefined;
  readonly secure?: boolean | undefined;
  readonly partitioned?: boolean | undefined;
  readonly priority?: "low" | "medium" | "high" | undefined;
  readonly sameSite?: boolean | "lax" | "strict" | "none" | undefined;
}

const SECONDS_A_DAY = 86_400;

/** Our cookies in a Cookie header. Where one stands twice, the last counts: a browser sends the oldest first. */
export function readVisitorCookies(header: string | undefined, { names }: CookieSettings) {
  const avads = new Set(valuesOf(header, names.avad));
  return {
    avad: [...avads].at(-1),
    visitor: valuesOf(header, names.visitor).at(-1),
    gclid: valuesOf(header, names.gclid).at(-1),
    /** Whether the click cookie arrived twice with different values. */
    twice: avads.size > 1,
  };
}

/** Every cookie of the request by name, for the shop's consent hook. */
export function allCookies(header: string | undefined): Readonly<Record<string, string>> {
  const cookies: Record<string, string> = Object.create(null);
  for (const [name, value] of Object.entries(parse(header ?? ""))) {
    if (value !== undefined) cookies[name] = value;
  }
  return cookies;
}

/**
 * A Set-Cookie line: HttpOnly, for the whole site, as long as the settings say. An empty value makes the browser forget
 * the cookie.
 */
export function setCookie(
  name: string,
  value: string,
  { days, domain, sameSite }: CookieSettings,
  isSecure: boolean,
): string {
  const maxAge = value === "" ? 0 : days * SECONDS_A_DAY;
  // Browsers refuse SameSite=None without Secure.
  const secure = isSecure || sameSite === "none";
  return serialize(name, value, { httpOnly: true, path: "/", maxAge, sameSite, secure, domain });
}

/** A Set-Cookie line as a framework's own jar takes it. */
export function cookieParts(line: string): CookieParts {
  const { value = "", ...parts } = parseSetCookie(line);
  return { ...parts, value };
}

/** The values of a cookie that can be of use, in the order in which they arrived. */
function valuesOf(header: string | undefined, name: string): readonly string[] {
  const values: string[] = [];
  for (const pair of header?.split(";") ?? []) {
    const at = pair.indexOf("=");
    if (at < 0 || pair.slice(0, at).trim() !== name) continue;
    const value = parse(pair)[name];
    if (value && value.length <= MAX_ID) values.push(value);
  }
  return values;
}
