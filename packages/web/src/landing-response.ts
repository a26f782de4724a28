import {
  type Adapter,
  type Landing,
  landsAgain,
  NO_SHARED_CACHE,
  SHARED_CACHE_HEADERS,
} from "@avantlink-s2s/core/adapter";
import { statusOf } from "./confirm-order.ts";
import type { Host } from "./host.ts";
import { AFTER_RESPONSE_MS, handOver } from "./keep-delivering.ts";

/**
 * Sends the click of a landing once the answer is known: a redirect to a host without our cookies may land again, and
 * that landing is the click.
 */
export function afterLanding(
  adapter: Adapter,
  landing: Landing,
  { status, headers }: { readonly status: number; readonly headers: Pick<Headers, "get"> },
  waitUntil: Host["waitUntil"],
): void {
  if (landing.skipped === "consent") adapter.checkReferrerPolicy(headers.get("referrer-policy"));
  if (!landing.click || landsAgain(landing, status, headers.get("location"))) return;
  const tracking = adapter.trackLanding(landing, { waitForDeliveryMs: waitUntil ? AFTER_RESPONSE_MS : 0 });
  handOver(adapter, tracking, waitUntil);
}

/**
 * The shop's answer to a landing. Where the shop throws it instead, it goes on to the framework, and the click is sent
 * all the same. A response that is thrown gets our cookies; for anything else `keepCookies` gives them to the framework.
 */
export async function answerLanding<Answer>(
  adapter: Adapter,
  landing: Landing,
  waitUntil: Host["waitUntil"],
  answer: () => Answer | Promise<Answer>,
  keepCookies: (setCookies: readonly string[]) => void = () => {},
): Promise<Answer> {
  try {
    return await answer();
  } catch (thrown) {
    if (thrown instanceof Response) {
      afterLanding(adapter, landing, thrown, waitUntil);
      throw privateResponse(thrown, landing.setCookies);
    }
    try {
      keepCookies(landing.setCookies);
    } catch (cause) {
      adapter.hookThrew("the framework's cookie jar", cause);
    }
    // SvelteKit's redirect has a location, h3's error has headers.
    const { location, headers } = Object(thrown);
    const get = (name: string): string | null => {
      if (name === "location" && typeof location === "string") return location;
      return headers instanceof Headers ? headers.get(name) : null;
    };
    afterLanding(adapter, landing, { status: statusOf(thrown) ?? 500, headers: { get } }, waitUntil);
    throw thrown;
  }
}

/**
 * The shop's response with our cookies, kept out of shared caches. It is a new response: the shop's own may be shared
 * among requests, and its headers may be immutable.
 */
export function privateResponse(response: Response, setCookies: readonly string[]): Response {
  // A response that switches protocols cannot be copied.
  if (setCookies.length === 0 || response.status < 200) return response;
  const { status, statusText, body } = response;
  const headers = new Headers(response.headers);
  for (const line of setCookies) headers.append("set-cookie", line);
  headers.set("cache-control", NO_SHARED_CACHE);
  for (const name of SHARED_CACHE_HEADERS) if (headers.has(name)) headers.set(name, NO_SHARED_CACHE);
  return new Response(body, { status, statusText, headers });
}
