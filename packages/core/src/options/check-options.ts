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

const custom = <Type>(isRight: (value: unknown) => boolean, what: string) =>
  z.optional(z.custom<Type>(isRight, expected(what)));

const hook = <Hook>() => custom<Hook>((value) => typeof value === "function", "a function");

function oneOf<const Values extends readonly string[]>(...values: Values) {
  return z.optional(z.enum(values, expected(values.map((value) => JSON.stringify(value)).join(" or "))));
}

function whole(min: number, max: number) {
  const bounds = expected(`a whole number from ${min} to ${max}`);
  return z.optional(z.int(bounds).check(z.minimum(min, bounds), z.maximum(max, bounds)));
}

function withMethods<Type>(what: string, ...methods: (keyof Type & string)[]) {
  const areMethods = (value: unknown) =>
    Object.values(readFields(value, methods)).every((method) => typeof method === "function");
  return custom<Type>(areMethods, what);
}

/** Options within an option. They are copied, so that each is read once. */
function group<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const copy = z.transform((value: unknown) => readProperties(value));
  const isGroup = (value: unknown) => isObject(value) && !Array.isArray(value);
  return z.pipe(copy, z.pipe(z.custom<object>(isGroup, expected("an object")), z.strictObject(shape)));
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

const parameterName = z
  .string(expected("a parameter's name"))
  .check(z.regex(PARAMETER_NAME, expected("a parameter's name")));

const options = {
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
  siteUrl: custom<string>(isOrigin, 'an origin such as "https://shop.example"'),
  trustedProxies: custom<NonNullable<TrackerOptions["trustedProxies"]>>(
    isProxies,
    'a number of proxies, a list of addresses and networks, "vercel" or "cloudflare"',
  ),
  consent: hook<NonNullable<TrackerOptions["consent"]>>(),
  whenDenied: oneOf("skip", "anonymous"),
  globalPrivacyControl: oneOf("honor", "ignore"),
  ipAddress: oneOf("full", "truncate", "omit"),
  keepParameters: z.optional(z.array(parameterName, expected("a list of parameters' names"))),
  concurrency: whole(1, 1000),
  retry: z.optional(group(retry)),
  timeoutMs: whole(1, 15_000),
  userAgent: text("printable ASCII of at most 200 characters", SERVER_NAME),
  onEvent: hook<NonNullable<TrackerOptions["onEvent"]>>(),
  runtime: withMethods<Runtime>("a runtime", "now", "random", "uuid", "after"),
} satisfies { readonly [Name in keyof TrackerOptions]-?: z.ZodMiniType<TrackerOptions[Name]> };

/** Every option with its path, in the order in which a misspelt name is compared. */
const KNOWN = [
  ...Object.keys(options),
  ...Object.keys(cookies).map((name) => `cookies.${name}`),
  ...Object.keys(names).map((name) => `cookies.names.${name}`),
  ...Object.keys(retry).map((name) => `retry.${name}`),
];

/** The options that are right, each read once, and every fault of the others, a misspelt name among them. */
export function checkOptions(given: unknown): {
  readonly options: TrackerOptions;
  readonly issues: readonly Issue[];
} {
  const properties = readProperties(given);
  if (!isObject(properties) || Array.isArray(properties)) {
    const message = `is ${describeValue(properties)}; expected an object`;
    return { options: {}, issues: [{ path: "options", message }] };
  }
  const right: Partial<Record<keyof TrackerOptions, unknown>> = {};
  const issues: Issue[] = [];
  for (const [name, value] of Object.entries(properties)) {
    if (!isOption(name)) {
      issues.push(unknownOption(name));
      continue;
    }
    const { success, data, error } = options[name].safeParse(value);
    if (success) right[name] = data;
    else issues.push(...error.issues.flatMap((issue) => issuesIn(issue, name)));
  }
  return { options: right as TrackerOptions, issues };
}

function isOption(name: string): name is keyof typeof options {
  return Object.hasOwn(options, name);
}

function issuesIn(issue: z.core.$ZodIssue, option: string): readonly Issue[] {
  const [found] = issuesOf({ error: { issues: [issue] } }, option);
  if (issue.code !== "unrecognized_keys") return found ? [found] : [];
  return issue.keys.map((name) => unknownOption(name, `${found?.path}.`));
}

function unknownOption(name: string, parent = ""): Issue {
  const given = name.toLowerCase();
  const close = KNOWN.find((path) => {
    const known = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
    return given !== "" && (known.startsWith(given) || given.startsWith(known));
  });
  const hint = close ? `Did you mean ${close}?` : "TrackerOptions lists the options.";
  return { path: parent + name, message: `is not an option. ${hint}` };
}

/** Whether a value is a web origin: scheme and host, no path. */
function isOrigin(value: unknown): boolean {
  return typeof value === "string" && URL.canParse(value) && /^https?:\/\/[^/?#@]+\/?$/i.test(value.trim());
}

function isProxies(value: unknown): boolean {
  if (value === "vercel" || value === "cloudflare") return true;
  if (typeof value === "number") return Number.isInteger(value) && value >= 0 && value <= 20;
  return Array.isArray(value) && value.every((entry) => typeof entry === "string" && isNetwork(entry));
}
