import { AvantLinkError, createTracker, type TrackerOptions } from "@avantlink-s2s/core";
import { bad, type Checked, fyi, ok, warn } from "./check.ts";

/** The environment's variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

const ADVICE: Readonly<Record<string, string>> = {
  merchantId: "Ask AvantLink's support for the merchant's UUID, and set AVANTLINK_MERCHANT_ID.",
  endpoint: "Leave AVANTLINK_ENDPOINT out for AvantLink itself, or name a sandbox on this machine.",
};

/** The merchant's ID, the endpoint and the cookies, as `createTracker` itself takes them. */
export async function checkSettings(options: TrackerOptions, env: Environment): Promise<readonly Checked[]> {
  // Live, or a missing merchant ID would be no fault.
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
    ...(fine.includes("endpoint") ? [await checkMode(options, env)] : []),
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

async function checkMode(options: TrackerOptions, env: Environment): Promise<Checked> {
  // Asked of the tracker, so that the answer is its own; a stand-in for an ID that may be missing is enough for that.
  const merchantId = "123e4567-e89b-12d3-a456-426614174000";
  const tracker = createTracker({
    endpoint: options.endpoint,
    merchantId,
    onEvent: () => {},
  });
  const { mode } = await tracker.health();
  await tracker.close({ timeoutMs: 0 });
  const why = reasonFor(options, env);
  if (mode === "live") return ok("mode", `live, because ${why}`);
  return fyi(
    "mode",
    `${mode}: nothing is sent from here, because ${why}`,
    "In production set NODE_ENV=production.",
  );
}

/** In the words of the rule that decided it; the order is the tracker's own. */
function reasonFor({ endpoint }: TrackerOptions, env: Environment): string {
  const to = endpoint ?? env.AVANTLINK_ENDPOINT ?? "";
  if (env.NEXT_PHASE === "phase-production-build") return "Next.js is building";
  if (URL.canParse(to) && /^(?:localhost|.+\.localhost|127\..+|\[::1\])$/i.test(new URL(to).hostname)) {
    return "the endpoint is on this machine";
  }
  if (env.NODE_ENV !== "production")
    return `NODE_ENV is ${env.NODE_ENV ? `"${env.NODE_ENV}"` : "not set"} in this shell`;
  if (env.VERCEL_ENV !== undefined && env.VERCEL_ENV !== "production")
    return `VERCEL_ENV is "${env.VERCEL_ENV}"`;
  if (env.NETLIFY === "true" && env.CONTEXT !== undefined && env.CONTEXT !== "production") {
    return `Netlify's CONTEXT is "${env.CONTEXT}"`;
  }
  if (env.IS_PULL_REQUEST === "true") return "Render says that this is a pull request";
  return "NODE_ENV is production, and no preview deployment";
}

function checkCookies({ cookies = {}, siteUrl }: TrackerOptions): readonly Checked[] {
  const { days = 365, domain, sameSite = "lax" } = cookies;
  const about = "cookies";
  const site = siteUrl === undefined ? undefined : new URL(siteUrl);
  const secure = site?.protocol === "http:" ? "not Secure, since the site is plain http" : "Secure";
  const found = `avad, avad_visitor, avad_gclid: HttpOnly, SameSite=${sameSite}, ${secure}, ${days} days, for ${domain ?? "the host that sets them"}`;
  const checks: Checked[] = [fyi(about, found, "The days must cover the programme's referral period.")];
  const bare = domain?.replace(/^\./, "").toLowerCase();
  if (bare !== undefined && site && site.hostname !== bare && !site.hostname.endsWith(`.${bare}`)) {
    checks.push(
      bad(
        about,
        `${site.hostname} may not set a cookie for ${bare}`,
        "Give the domain that the shop's hosts share.",
      ),
    );
  }
  if (sameSite === "strict") {
    checks.push(
      warn(about, "SameSite=Strict is not sent when a payment page leads back to the shop", 'Use "lax".'),
    );
  }
  return checks;
}
