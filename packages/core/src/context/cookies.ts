import { parse, serialize } from "cookie";
import { MAX_ID } from "./query.ts";

/** What a visitor's browser keeps for us. */
export interface VisitorCookies {
  readonly avad?: string | undefined;
  readonly visitor?: string | undefined;
  readonly gclid?: string | undefined;
}

/** The names and attributes of our cookies. */
export interface CookieSettings {
  readonly names: { readonly avad: string; readonly visitor: string; readonly gclid: string };
  readonly domain: string | undefined;
  readonly days: number;
  readonly sameSite: "lax" | "strict" | "none";
}

// A browser drops a cookie whose name and value pass 4096 bytes; attributes may come on top.
const LONGEST_VALUE = 3800;
const SECONDS_A_DAY = 86_400;
// Nothing in it is encoded.
const PLAIN_VALUE = /^[\w.-]*$/;

/** Our cookies in a Cookie header. Where one stands twice, the last counts: a browser sends the oldest first. */
export function readVisitorCookies(header: string | undefined, { names }: CookieSettings): VisitorCookies {
  return {
    avad: lastValue(header, names.avad),
    visitor: lastValue(header, names.visitor),
    gclid: lastValue(header, names.gclid),
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

/** Whether a value can be kept in a cookie and read back as it was. */
export function fitsCookie(value: string): boolean {
  return value.isWellFormed() && encodeURIComponent(value).length <= LONGEST_VALUE;
}

/** A Set-Cookie line: HttpOnly, for the whole site, as long as the settings say. */
export function setCookie(name: string, value: string, settings: CookieSettings, secure: boolean): string {
  return cookieLine(name, value, settings, secure, settings.days * SECONDS_A_DAY);
}

/** A Set-Cookie line that makes the browser forget the cookie. */
export function expireCookie(name: string, settings: CookieSettings, secure: boolean): string {
  return cookieLine(name, "", settings, secure, 0);
}

function cookieLine(
  name: string,
  value: string,
  settings: CookieSettings,
  secure: boolean,
  maxAge: number,
): string {
  return serialize(name, value, {
    httpOnly: true,
    path: "/",
    maxAge,
    sameSite: settings.sameSite,
    // Browsers refuse SameSite=None without Secure.
    secure: secure || settings.sameSite === "none",
    ...(settings.domain === undefined ? {} : { domain: settings.domain }),
  });
}

// Searched from the end, without taking the header apart: every page of the shop's takes this way.
function lastValue(header: string | undefined, name: string): string | undefined {
  const begins = `${name}=`;
  for (let at = header?.lastIndexOf(begins) ?? -1; header && at >= 0; ) {
    if (beginsPair(header, at)) {
      const end = header.indexOf(";", at);
      const pair = header.slice(at, end < 0 ? undefined : end).trimEnd();
      const raw = pair.slice(begins.length);
      const value = PLAIN_VALUE.test(raw) ? raw : parse(pair)[name];
      if (value !== undefined && value !== "" && value.length <= MAX_ID) return value;
    }
    at = at === 0 ? -1 : header.lastIndexOf(begins, at - 1);
  }
  return undefined;
}

function beginsPair(header: string, at: number): boolean {
  let before = at - 1;
  while (header[before] === " " || header[before] === "\t") before -= 1;
  return before < 0 || header[before] === ";";
}
