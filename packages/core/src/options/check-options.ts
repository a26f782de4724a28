import * as z from "zod/mini";
import { isNetwork } from "../context/ip-address.ts";
import type { Issue } from "../findings.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { Runtime } from "../runtime.ts";
import { describeValue, isObject, issuesOf, readFields, readProperties } from "../untrusted-value.ts";
import type { TrackerOptions } from "./options.ts";

const COOKIE_NAME = /^[\w!#$%&'*+.^`|~-]{1,64}$/;
const DOMAIN = /^\.?[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/i;
const SERVER_NAME = /^[\x20-\x7e]{1,200}$/;
const PARAMETER_NAME = /^[^\s&=?#]{1,64}$/;
const DAY_MS = 86_400_000;

const expected = (what: string) => ({
  error: ({ input }: { readonly input?: unknown }) => `is ${describeValue(input)}; expected ${what}`,
});

const text = (what: string, pattern = /^/) =>
  z.optional(z.string(expected(what)).check(z.regex(pattern, expected(what))));

function oneOf<const Values extends readonly string[]>(...values: Values) {
  return z.optional(z.enum(values, expected(values.map((value) => JSON.stringify(value)).join(" or "))));
}

function whole(min: number, max: number) {
  const bounds = expected(`a whole number from ${min} to ${max}`);
  return z.optional(z.int(bounds).check(z.minimum(min, bounds), z.maximum(max, bounds)));
}

function hook<Hook>() {
  return z.optional(z.custom<Hook>((value) => typeof value === "function", expected("a function")));
}

function withMethods<Type>(what: string, ...methods: (keyof Type & string)[]) {
  const hasMethods = (value: unknown) =>
    Object.values(readFields(value, methods)).every((method) => typeof method === "function");
  return z.optional(z.custom<Type>(hasMethods, expected(what)));
}

function group<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const isGroup = (value: unknown) => isObject(value) && !Array.isArray(value);
  return z.pipe(z.custom<object>(isGroup, expected("an object")), z.strictObject(shape));
}

const names = {
  avad: text("a cookie's name", COOKIE_NAME),
  visitor: text("a cookie's name", COOKIE_NAME),
  gclid: text("a cookie's name", COOKIE_NAME),
};

const cookies = {
  names: z.optional(group(names)),
  domain: text("a domain", DOMAIN),
  days: whole(1, 365),
  sameSite: oneOf("lax", "strict", "none"),
};

const retry = {
  maxAgeMs: whole(0, 90 * DAY_MS),
  baseDelayMs: whole(1, DAY_MS),
  maxDelayMs: whole(1, DAY_MS),
};

const fields = {
  merchantId: text("a UUID"),
  endpoint: text("an address"),
  mode: oneOf("live", "dry-run"),
  outbox: withMethods<Outbox>(
    "an outbox",
    "open",
    "put",
    "run",
    "deliverDue",
    "find",
    "forget",
    "totals",
    "close",
  ),
  deliver: z.optional(z.boolean(expected("true or false"))),
  cookies: z.optional(group(cookies)),
  siteUrl: z.optional(
    z
      .string(expected("an origin"))
      .check(z.refine(isOrigin, expected('an origin such as "https://shop.example"'))),
  ),
  trustedProxies: z.optional(
    z.custom<NonNullable<TrackerOptions["trustedProxies"]>>(
      isProxies,
      expected('a number of proxies, a list of addresses and networks, "vercel" or "cloudflare"'),
    ),
  ),
  consent: hook<NonNullable<TrackerOptions["consent"]>>(),
  whenDenied: oneOf("skip", "anonymous"),
  globalPrivacyControl: oneOf("honor", "ignore"),
  ipAddress: oneOf("full", "truncate", "omit"),
  keepParameters: z.optional(
    z.array(
      z.string(expected("a parameter's name")).check(z.regex(PARAMETER_NAME, expected("a parameter's name"))),
      expected("a list of parameters' names"),
    ),
  ),
  concurrency: whole(1, 1000),
  retry: z.optional(group(retry)),
  timeoutMs: whole(1, 15_000),
  userAgent: text("printable ASCII of at most 200 characters", SERVER_NAME),
  onEvent: hook<NonNullable<TrackerOptions["onEvent"]>>(),
  runtime: withMethods<Runtime>("a runtime", "now", "random", "uuid", "after"),
};

const trackerOptions = group(fields) satisfies z.ZodMiniType<TrackerOptions>;

/** The options whose value is a group of options. */
const GROUPS: Readonly<Record<string, object>> = {
  "": fields,
  "cookies.": cookies,
  "cookies.names.": names,
  "retry.": retry,
};

/** The options, each read once, and every fault of theirs, a misspelt name among them. */
export function checkOptions(given: unknown): {
  readonly options: TrackerOptions;
  readonly issues: readonly Issue[];
} {
  const copy = copyOf(given);
  const parsed = trackerOptions.safeParse(copy);
  if (parsed.success) return { options: parsed.data, issues: [] };
  const issues = parsed.error.issues.flatMap((issue) => {
    const [found = { path: "", message: "" }] = issuesOf({ error: { issues: [issue] } });
    if (issue.code !== "unrecognized_keys") return [{ ...found, path: found.path || "options" }];
    const parent = found.path === "" ? "" : `${found.path}.`;
    return issue.keys.map((name) => ({ path: parent + name, message: unknownOption(name) }));
  });
  return { options: isObject(copy) ? copy : {}, issues };
}

/** A copy of the options and of the groups in them, so that a getter is called once. */
function copyOf(value: unknown, path = ""): unknown {
  const properties = readProperties(value);
  if (!isObject(properties) || Array.isArray(properties)) return properties;
  return Object.fromEntries(
    Object.entries(properties).map(([name, option]) => {
      const inner = `${path}${name}.`;
      return [name, inner in GROUPS ? copyOf(option, inner) : option];
    }),
  );
}

function unknownOption(name: string): string {
  const given = name.toLowerCase();
  const close = Object.entries(GROUPS)
    .flatMap(([path, shape]) =>
      Object.keys(shape).map((known) => ({ path, known: known.toLowerCase(), name: known })),
    )
    .find(({ known }) => given !== "" && (known.startsWith(given) || given.startsWith(known)));
  const hint = close ? `Did you mean ${close.path}${close.name}?` : "TrackerOptions lists the options.";
  return `is not an option. ${hint}`;
}

/** Whether a text is a web origin: scheme and host, no path. */
function isOrigin(value: string): boolean {
  if (!URL.canParse(value)) return false;
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
