import { AvantLinkError } from "../errors.ts";
import { memoryOutbox } from "../outbox/memory-outbox.ts";
import { systemRuntime } from "../runtime.ts";
import { VERSION } from "../version.ts";
import { cookieIssues } from "./check-cookies.ts";
import { checkOptions } from "./check-options.ts";
import type { Environment } from "./environment.ts";
import { readMode } from "./mode.ts";
import type { TrackerOptions } from "./options.ts";

/** The address of AvantLink's server-to-server API. */
export const DEFAULT_ENDPOINT = "https://client.avantlink.com";
const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/** Everything that a tracker goes by, complete and checked. */
export type Config = ReturnType<typeof readConfig>;

/** How often and for how long an order is tried; each field as in `RetryOptions`, in milliseconds. */
export type RetryPolicy = Config["retry"];

/** Checks the options and completes them from the environment. Throws once, naming every fault. */
export function readConfig(given: TrackerOptions, env: Environment) {
  const { options, issues: wrong } = checkOptions(given);
  const issues = [...wrong];
  const isRight = (option: string) => wrong.every(({ path }) => path !== option);
  const endpoint = trimmed(options.endpoint) ?? trimmed(env.AVANTLINK_ENDPOINT) ?? DEFAULT_ENDPOINT;
  const endpointIssue = endpointProblem(endpoint);
  if (endpointIssue) issues.push({ path: "endpoint", message: endpointIssue });
  const loopback = !endpointIssue && isLoopback(new URL(endpoint).hostname);
  const mode = readMode({ given: options.mode, loopback, env });
  if (!["live", "dry-run", undefined].includes(trimmed(env.AVANTLINK_MODE)))
    issues.push({ path: "AVANTLINK_MODE", message: 'expected "live" or "dry-run"' });
  const merchantId = trimmed(options.merchantId) ?? trimmed(env.AVANTLINK_MERCHANT_ID) ?? "";
  const isMerchantNeeded = merchantId !== "" || mode.mode === "live";
  if (isMerchantNeeded && !UUID.test(merchantId) && isRight("merchantId")) {
    issues.push({ path: "merchantId", message: merchantProblem(merchantId) });
  }
  const outbox = options.outbox ?? memoryOutbox();
  if (mode.mode === "live" && options.deliver === false && !outbox.durable && isRight("outbox")) {
    const message =
      "is false, but nobody else can deliver what this process keeps in its memory; give it a durable outbox";
    issues.push({ path: "deliver", message });
  }
  const { domain, days = 365, sameSite = "lax", names: named = {} } = options.cookies ?? {};
  const { avad = "avad", visitor = "avad_visitor", gclid = "avad_gclid" } = named;
  const names = { avad, visitor, gclid };
  issues.push(...cookieIssues({ names, domain }, options.siteUrl));
  if (issues.length > 0) throw new AvantLinkError("config.invalid", { issues });

  return Object.freeze({
    merchantId: merchantId.toLowerCase(),
    endpoint: endpoint.replace(/\/+$/, ""),
    loopback,
    ...mode,
    outbox,
    deliver: options.deliver ?? true,
    siteUrl: options.siteUrl === undefined ? undefined : new URL(options.siteUrl).origin,
    trustedProxies: options.trustedProxies ?? 0,
    consent: options.consent,
    whenDenied: options.whenDenied ?? "skip",
    globalPrivacyControl: options.globalPrivacyControl ?? "honor",
    ipAddress: options.ipAddress ?? "full",
    keepParameters: options.keepParameters ?? [],
    retry: {
      maxAgeMs: options.retry?.maxAgeMs ?? 7 * 86_400_000,
      baseDelayMs: options.retry?.baseDelayMs ?? 1_000,
      maxDelayMs: options.retry?.maxDelayMs ?? 900_000,
    },
    concurrency: options.concurrency ?? 20,
    timeoutMs: options.timeoutMs ?? 10_000,
    userAgent: options.userAgent ?? `avantlink-s2s/${VERSION}`,
    onEvent: options.onEvent,
    cookies: { names, domain, days, sameSite },
    runtime: options.runtime ?? systemRuntime,
  });
}

const WHOLE_ADDRESS = /\/merchants\/[^/]+(?:\/tracking(?:\/(?:order|click)-?)?)?\/*$/;

function endpointProblem(endpoint: string): string | undefined {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  const secure = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
  const plain = url?.search === "" && url.hash === "" && url.username === "" && url.password === "";
  if (!url || !secure || !plain) {
    return "expected an https address without query, or http for a server on this machine";
  }
  if (!WHOLE_ADDRESS.test(url.pathname)) return undefined;
  const base = `${url.origin}${url.pathname.replace(WHOLE_ADDRESS, "")}`;
  return `is the address of one endpoint; give only "${base}": the path with the merchant's UUID is added to it`;
}

export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}

function merchantProblem(merchantId: string): string {
  if (merchantId === "") {
    return "is missing; give the merchant's UUID here or in AVANTLINK_MERCHANT_ID";
  }
  if (/^\d{4,6}$/.test(merchantId)) {
    return "is the older merchant number; the server-to-server endpoints take the merchant's UUID; ask AvantLink's support for it";
  }
  return "is not a UUID such as 123e4567-e89b-12d3-a456-426614174000";
}

function trimmed(value: string | undefined): string | undefined {
  const text = value?.trim();
  return text === "" ? undefined : text;
}
