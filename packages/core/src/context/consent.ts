import { allCookies } from "./cookies.ts";
import type { ConsentRequest, HookThrew, ShopRequest } from "./request.ts";

/** Whether a visitor may be tracked, and if not, why. */
export type ConsentDecision = "granted" | "unasked" | "denied" | "privacy-signal";

/** The rules by which {@link decideConsent} decides. */
export interface ConsentRules {
  readonly consent: ((request: ConsentRequest) => boolean) | undefined;
  readonly globalPrivacyControl: "honor" | "ignore";
}

/** Asks the browser's privacy signal and the shop's hook. A hook that throws, or answers no boolean true, denies. */
export function decideConsent(
  request: ShopRequest,
  rules: ConsentRules,
  hookThrew: HookThrew,
): ConsentDecision {
  if (rules.globalPrivacyControl === "honor" && signalsPrivacy(request)) return "privacy-signal";
  if (!rules.consent) return "unasked";
  try {
    const { url } = request;
    const cookies = allCookies(request.header("cookie"));
    const answer: unknown = rules.consent({ url, headers: request.headers(), cookies });
    if (answer instanceof Promise) {
      answer.catch(() => {});
      throw new TypeError("consent must answer at once, not by a promise");
    }
    return answer === true ? "granted" : "denied";
  } catch (cause) {
    hookThrew("consent", cause);
    return "denied";
  }
}

/**
 * Whether the browser sends Global Privacy Control. `Sec-GPC: 1` is the only value that the standard has, but a proxy
 * may double the header (`1, 1`), so only an absent or empty header and `0` mean no signal.
 */
export function signalsPrivacy(request: Pick<ShopRequest, "header">): boolean {
  const signal = request.header("sec-gpc")?.trim() ?? "";
  return signal !== "" && signal !== "0";
}

const GRANTS: ReadonlySet<unknown> = new Set([undefined, null, "", "granted", true]);
const NO_SIGNAL: ReadonlySet<unknown> = new Set([undefined, null, "", "0", "false", 0, false]);

/**
 * What the contexts say against tracking, also where a database gave another form back: SQLite and MySQL have no
 * booleans, so that `gpc` comes back as 1. A value that nobody knows denies.
 */
export function deniedParts(...contexts: readonly ({ consent?: unknown; gpc?: unknown } | undefined)[]) {
  const denied: { consent?: "denied"; gpc?: true } = {};
  for (const context of contexts) {
    if (!GRANTS.has(context?.consent)) denied.consent = "denied";
    if (!NO_SIGNAL.has(context?.gpc)) denied.gpc = true;
  }
  return denied;
}

/** Why a context forbids tracking, if it does. */
export function denialIn(
  context: { readonly consent?: unknown; readonly gpc?: unknown },
  rules: Pick<ConsentRules, "globalPrivacyControl">,
): "consent" | "privacy-signal" | undefined {
  const denied = deniedParts(context);
  if (denied.consent) return "consent";
  return denied.gpc && rules.globalPrivacyControl === "honor" ? "privacy-signal" : undefined;
}
