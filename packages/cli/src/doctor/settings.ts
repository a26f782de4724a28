import { AvantLinkError, createTracker, type TrackerOptions } from "@avantlink-s2s/core";
import { isLoopback, readMode } from "@avantlink-s2s/core/adapter";
import { destinationOf } from "../options/merchant-options.ts";
import { bad, type Checked, fyi, ok, warn } from "./check-result.ts";

/** The environment's variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

const ADVICE: Readonly<Record<string, string>> = {
  merchantId: "Ask AvantLink's support for the merchant's UUID, and set AVANTLINK_MERCHANT_ID.",
  AVANTLINK_MODE: 'Set it to "live" or "dry-run", or leave it out.',
  endpoint: "Leave AVANTLINK_ENDPOINT out for AvantLink itself, or name a sandbox on this machine.",
};

/** The merchant's ID, the endpoint and the cookies, as `createTracker` itself takes them. */
export function checkSettings(options: TrackerOptions, env: Environment): readonly Checked[] {
  // In live mode a missing merchant ID is a fault.
  const issues = faults({ ...options, mode: "live" });
  const wrong = issues.map(({ path, message }) =>
    bad(path, `${path} ${message}`, ADVICE[path] ?? "Correct this option."),
  );
  const fine = ["merchantId", "endpoint"].filter((name) => !issues.some(({ path }) => path === name));
  return [
    ...wrong,
    ...(fine.includes("merchantId")
      ? [ok("merchantId", "a UUID, as the server-to-server endpoints want it")]
      : []),
    ...(fine.includes("endpoint") ? [checkMode(options, env)] : []),
    ...(issues.some(({ path }) => /^(?:cookies|siteUrl)/.test(path)) ? [] : checkCookies(options)),
  ];
}

function faults(options: TrackerOptions): AvantLinkError["issues"] {
  try {
    createTracker(options);
    return [];
  } catch (error) {
    if (error instanceof AvantLinkError) return error.issues;
    throw error;
  }
}

/** The mode of a shop with this endpoint in this environment. */
function checkMode({ endpoint }: TrackerOptions, env: Environment): Checked {
  const { endpoint: url } = destinationOf({ endpoint: endpoint?.trim() || env.AVANTLINK_ENDPOINT });
  const loopback = isLoopback(new URL(url).hostname);
  const { mode, reason, chosen } = readMode({ loopback, env });
  if (mode !== "live") {
    const found = `${mode}: nothing is sent from here, because ${reason}`;
    const advice = chosen ? "leave AVANTLINK_MODE out, or set it to live" : "set NODE_ENV=production";
    return warn("mode", found, `In production ${advice}.`);
  }
  if (loopback && env.NODE_ENV === "production") {
    const found = `live, but ${reason}: AvantLink gets nothing, though NODE_ENV is production`;
    return warn("mode", found, "In production leave AVANTLINK_ENDPOINT out.");
  }
  return ok("mode", `live, because ${reason}`);
}

function checkCookies({ cookies = {}, siteUrl }: TrackerOptions): readonly Checked[] {
  const { days = 365, domain, sameSite = "lax" } = cookies;
  const about = "cookies";
  const site = siteUrl === undefined ? undefined : new URL(siteUrl);
  const secure = site?.protocol === "http:" ? "not Secure, since the site is plain http" : "Secure";
  const found = `avad, avad_visitor, avad_gclid: HttpOnly, SameSite=${sameSite}, ${secure}, ${days} days, for ${domain ?? "the host that sets them"}`;
  const checks: Checked[] = [fyi(about, found, "The days must cover the program's referral period.")];
  if (sameSite === "strict") {
    checks.push(
      warn(about, "SameSite=Strict is not sent when a payment page leads back to the shop", 'Use "lax".'),
    );
  }
  return checks;
}
