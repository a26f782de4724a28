import { allCookies } from "./cookies.ts";
import type { ConsentRequest, ShopRequest } from "./request.ts";

/** Whether a visitor may be tracked, and if not, why. */
export type ConsentDecision = "granted" | "unasked" | "denied" | "privacy-signal";

/** The rules by which {@link decideConsent} decides. */
export interface ConsentRules {
  readonly consent: ((request: ConsentRequest) => boolean) | undefined;
  readonly globalPrivacyControl: "honor" | "ignore";
}

/** Whether anything could deny a request at all. */
export function mayBeDenied(signal: string | undefined, rules: ConsentRules): boolean {
  return rules.consent !== undefined || isHonoured(signal, rules);
}

/** Asks the browser's privacy signal and the shop's hook. A hook that throws, or answers no boolean true, denies. */
export function decideConsent(
  request: ShopRequest,
  rules: ConsentRules,
  onThrow: (cause: unknown) => void,
): ConsentDecision {
  if (isHonoured(request.header("sec-gpc"), rules)) return "privacy-signal";
  if (!rules.consent) return "unasked";
  try {
    const answer: unknown = rules.consent(consentRequest(request));
    if (answer instanceof Promise) {
      answer.catch(() => {});
      throw new TypeError("consent must answer at once, not by a promise");
    }
    return answer === true ? "granted" : "denied";
  } catch (cause) {
    onThrow(cause);
    return "denied";
  }
}

function isHonoured(signal: string | undefined, rules: ConsentRules): boolean {
  return rules.globalPrivacyControl === "honor" && signal?.trim() === "1";
}

function consentRequest(request: ShopRequest): ConsentRequest {
  return { url: request.url, headers: request.headers(), cookies: allCookies(request.header("cookie")) };
}
