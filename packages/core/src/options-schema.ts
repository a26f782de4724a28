import * as z from "zod/mini";
import type { Issue } from "./finding.ts";
import { isNetwork } from "./ip-address.ts";
import type { TrackerOptions } from "./options.ts";
import { shown } from "./order-schema.ts";

const COOKIE_NAME = /^[\w!#$%&'*+.^`|~-]{1,64}$/;
const DOMAIN = /^\.?[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/i;
const SERVER_NAME = /^[\x20-\x7e]{1,200}$/;

function expected<T>(what: string, is: (value: unknown) => boolean) {
  return z.optional(z.custom<T>(is, { error: ({ input }) => `is ${shown(input)}; expected ${what}` }));
}
const oneOf = <T extends string>(...values: T[]) =>
  expected<T>(values.map((value) => JSON.stringify(value)).join(" or "), (value) =>
    values.some((one) => one === value),
  );
const text = (what: string, pattern: RegExp) =>
  expected<string>(what, (value) => typeof value === "string" && pattern.test(value));
const whole = (min: number, max: number) =>
  expected<number>(
    `a whole number from ${min} to ${max}`,
    (value) => typeof value === "number" && Number.isInteger(value) && value >= min && value <= max,
  );
const call = <T>(what: string) => expected<T>(what, (value) => typeof value === "function");
const withMethods = <T>(what: string, ...methods: string[]) =>
  expected<T>(what, (value) => {
    if (typeof value !== "object" || value === null) return false;
    return methods.every((method) => typeof Reflect.get(value, method) === "function");
  });
const group = <Shape extends z.core.$ZodShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code, input }) =>
      code === "invalid_type" ? `is ${shown(input)}; expected an object` : undefined,
  });

const schema = group({
  merchantId: z.optional(z.string({ error: ({ input }) => `is ${shown(input)}; expected a UUID` })),
  endpoint: z.optional(z.string({ error: ({ input }) => `is ${shown(input)}; expected an address` })),
  mode: oneOf("live", "dry-run"),
  outbox: withMethods<NonNullable<TrackerOptions["outbox"]>>(
    "an outbox",
    "open",
    "state",
    "put",
    "run",
    "totals",
    "close",
  ),
  deliver: expected<boolean>("true or false", (value) => typeof value === "boolean"),
  cookies: z.optional(
    group({
      names: z.optional(
        group({
          avad: text("a cookie's name", COOKIE_NAME),
          visitor: text("a cookie's name", COOKIE_NAME),
          gclid: text("a cookie's name", COOKIE_NAME),
        }),
      ),
      domain: text("a domain", DOMAIN),
      days: whole(1, 365),
      sameSite: oneOf("lax", "strict", "none"),
    }),
  ),
  siteUrl: expected<string>('an origin such as "https://shop.example"', isOrigin),
  trustedProxies: expected<NonNullable<TrackerOptions["trustedProxies"]>>(
    'a number of proxies, a list of addresses and networks, "vercel" or "cloudflare"',
    isProxies,
  ),
  consent: call<NonNullable<TrackerOptions["consent"]>>("a function of a request"),
  globalPrivacyControl: oneOf("honour", "ignore"),
  ipAddress: oneOf("full", "truncate", "omit"),
  retry: z.optional(
    group({
      maxAgeMs: whole(0, 90 * 86_400_000),
      baseDelayMs: whole(1, 86_400_000),
      maxDelayMs: whole(1, 86_400_000),
      concurrency: whole(1, 1000),
    }),
  ),
  timeoutMs: whole(1, 15_000),
  serverName: text("printable ASCII of at most 200 characters", SERVER_NAME),
  onEvent: call<NonNullable<TrackerOptions["onEvent"]>>("a function of an event"),
  runtime: withMethods<NonNullable<TrackerOptions["runtime"]>>("a runtime", "now", "random", "uuid", "after"),
});

/** Every fault of the options, a misspelt name among them. */
export function optionIssues(options: unknown): readonly Issue[] {
  const parsed = schema.safeParse(options);
  if (parsed.success) return [];
  return parsed.error.issues.flatMap((issue) => {
    if (issue.code !== "unrecognized_keys") return [toIssue(issue)];
    return issue.keys.map((key) => ({
      path: toIssue({ path: [...issue.path, key], message: "" }).path,
      message: "is not an option; the options and their names are listed at TrackerOptions",
    }));
  });
}

/** A zod issue in our words: where and what. */
function toIssue(issue: { readonly path: readonly PropertyKey[]; readonly message: string }): Issue {
  const path = issue.path.reduce<string>(
    (at, key) =>
      typeof key === "number" ? `${at}[${key}]` : at === "" ? String(key) : `${at}.${String(key)}`,
    "",
  );
  return { path: path || "options", message: issue.message };
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
