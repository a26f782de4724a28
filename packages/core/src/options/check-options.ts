import { isNetwork } from "../context/ip-address.ts";
import type { Issue } from "../findings.ts";
import { describeValue } from "../untrusted-value.ts";
import type { CookieOptions, RetryOptions, TrackerOptions } from "./options.ts";

const COOKIE_NAME = /^[\w!#$%&'*+.^`|~-]{1,64}$/;
const DOMAIN = /^\.?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const SERVER_NAME = /^[\x20-\x7e]{1,200}$/;
const PARAMETER_NAME = /^[^\s&=?#]{1,64}$/;
const NO_OPTION = "is not an option; the options and their names are listed at TrackerOptions";

/** The faults of one option's value, at its path. */
type Check = (value: unknown, path: string) => readonly Issue[];

function expected(what: string, is: (value: unknown) => boolean): Check {
  return (value, path) =>
    value === undefined || is(value)
      ? []
      : [{ path, message: `is ${describeValue(value)}; expected ${what}` }];
}

/** Every option has its check: the compiler sees to that, and to the names. */
function group<Options>(checks: Readonly<Record<keyof Options & string, Check>>): Check {
  return (value, path) => {
    if (value === undefined) return [];
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      return [{ path: path || "options", message: `is ${describeValue(value)}; expected an object` }];
    }
    const under = (name: string) => (path ? `${path}.${name}` : name);
    const wrong = Object.entries<Check>(checks).flatMap(([name, check]) =>
      check(Reflect.get(value, name), under(name)),
    );
    const unknown = Object.keys(value).filter((name) => !Object.hasOwn(checks, name));
    return [...wrong, ...unknown.map((name) => ({ path: under(name), message: NO_OPTION }))];
  };
}

const isText = (value: unknown) => typeof value === "string";
const text = (what: string, pattern: RegExp) =>
  expected(what, (value) => typeof value === "string" && pattern.test(value));
const oneOf = (...values: string[]) =>
  expected(values.map((value) => JSON.stringify(value)).join(" or "), (value) =>
    values.some((one) => one === value),
  );
const whole = (min: number, max: number) =>
  expected(
    `a whole number from ${min} to ${max}`,
    (value) => typeof value === "number" && Number.isInteger(value) && value >= min && value <= max,
  );
const call = (what: string) => expected(what, (value) => typeof value === "function");
const withMethods = (what: string, ...methods: string[]) =>
  expected(what, (value) => {
    if (typeof value !== "object" || value === null) return false;
    return methods.every((method) => typeof Reflect.get(value, method) === "function");
  });

const check = group<TrackerOptions>({
  merchantId: expected("a UUID", isText),
  endpoint: expected("an address", isText),
  mode: oneOf("live", "dry-run"),
  outbox: withMethods("an outbox", "open", "put", "run", "deliverDue", "find", "forget", "totals", "close"),
  deliver: expected("true or false", (value) => typeof value === "boolean"),
  cookies: group<CookieOptions>({
    names: group<NonNullable<CookieOptions["names"]>>({
      avad: text("a cookie's name", COOKIE_NAME),
      visitor: text("a cookie's name", COOKIE_NAME),
      gclid: text("a cookie's name", COOKIE_NAME),
    }),
    domain: text("a domain", DOMAIN),
    days: whole(1, 365),
    sameSite: oneOf("lax", "strict", "none"),
  }),
  siteUrl: expected('an origin such as "https://shop.example"', isOrigin),
  trustedProxies: expected(
    'a number of proxies, a list of addresses and networks, "vercel" or "cloudflare"',
    isProxies,
  ),
  consent: call("a function of a request"),
  whenDenied: oneOf("skip", "anonymous"),
  globalPrivacyControl: oneOf("honor", "ignore"),
  ipAddress: oneOf("full", "truncate", "omit"),
  keepParameters: expected("a list of parameters' names", isParameterNames),
  concurrency: whole(1, 1000),
  retry: group<RetryOptions>({
    maxAgeMs: whole(0, 90 * 86_400_000),
    baseDelayMs: whole(1, 86_400_000),
    maxDelayMs: whole(1, 86_400_000),
  }),
  timeoutMs: whole(1, 15_000),
  userAgent: text("printable ASCII of at most 200 characters", SERVER_NAME),
  onEvent: call("a function of an event"),
  runtime: withMethods("a runtime", "now", "random", "uuid", "after"),
});

/** Every fault of the options, a misspelt name among them. */
export function optionIssues(options: unknown): readonly Issue[] {
  return check(options, "");
}

function isParameterNames(value: unknown): boolean {
  return Array.isArray(value) && value.every((name) => typeof name === "string" && PARAMETER_NAME.test(name));
}

/** Whether a text is a web origin: scheme and host, no path. */
function isOrigin(value: unknown): boolean {
  if (typeof value !== "string" || !URL.canParse(value)) return false;
  const url = new URL(value);
  return (
    /^https?:$/.test(url.protocol) &&
    url.pathname === "/" &&
    url.search === "" &&
    url.hash === "" &&
    url.username === ""
  );
}

function isProxies(value: unknown): boolean {
  if (value === "vercel" || value === "cloudflare") return true;
  if (typeof value === "number") return Number.isInteger(value) && value >= 0 && value <= 20;
  return Array.isArray(value) && value.every((entry) => typeof entry === "string" && isNetwork(entry));
}
