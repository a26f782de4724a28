import type { Order, Receipt, TrackableOrder, TrackerOptions, TrackingEvent } from "@avantlink-s2s/core";

/** How a shop of the suite is set up; plain JSON, so that it can also run in a process of its own. */
export interface ShopSettings {
  readonly endpoint: string;
  /** The shopper's consent is the cookie `consent`: `yes`, anything else, or `throw`. @default everyone consents */
  readonly asksConsent?: boolean;
  readonly siteUrl?: string;
  readonly cookieDomain?: string;
  /** @default 1 */
  readonly trustedProxies?: number;
  /** @default 1500 */
  readonly timeoutMs?: number;
}

/** The pages that every shop of the suite has, each doing what its query asks for. */
export type ShopPage = "home" | "plain" | "thank-you" | "track" | "webhook" | "context" | "flush";

export const MERCHANT_ID = "123e4567-e89b-12d3-a456-426614174000";

/** The options that every shop of the suite is made with: patience is short, so that a recovery is soon seen. */
export function trackerOptions(
  settings: ShopSettings,
  onEvent: (event: TrackingEvent) => void,
): TrackerOptions {
  return {
    merchantId: MERCHANT_ID,
    endpoint: settings.endpoint,
    siteUrl: settings.siteUrl,
    cookies: { domain: settings.cookieDomain },
    trustedProxies: settings.trustedProxies ?? 1,
    retry: { baseDelayMs: 20, maxDelayMs: 50 },
    timeoutMs: settings.timeoutMs ?? 1_500,
    consent: settings.asksConsent ? ({ cookies }) => answerOf(cookies.consent) : undefined,
    onEvent,
  };
}

function answerOf(cookie: string | undefined): boolean {
  if (cookie === "throw") throw new TypeError("the shop's consent hook broke");
  return cookie === "yes";
}

/** The shop's first page, which a cache may keep. */
export const HOME = {
  headers: { "content-type": "text/html; charset=utf-8", "cache-control": "public, max-age=60" },
  body: "<!doctype html><title>Larch &amp; Lantern</title><h1>Gear</h1>",
} as const;

/** What the confirmation page answers. `throw` is for the shop itself to do. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** The confirmation page by its query: `answer` is a status, `to` is where a redirect leads. */
export function confirmationPage(query: URLSearchParams, posted = ""): PageAnswer {
  const asked = query.get("answer") ?? "200";
  if (asked === "throw") throw new Error("the shop's page broke");
  const status = Number(asked);
  const headers: Record<string, string> = { "x-shop": "larch", "cache-control": "private, max-age=5" };
  if (status === 204 || status === 304) return { status, headers, body: null };
  if (status === 302) {
    return { status, headers: { ...headers, location: query.get("to") ?? "/elsewhere" }, body: null };
  }
  const body = `<!doctype html><title>Thank you</title><p>Dank schön, 谢谢 – ${posted}${"·".repeat(2_000)}`;
  return { status, headers: { ...headers, "content-type": "text/html; charset=utf-8" }, body };
}

/** The order that the confirmation page showed, by its query: `resolve` says how that goes wrong. */
export async function resolvedOrder(query: URLSearchParams, posted = ""): Promise<TrackableOrder> {
  const how = query.get("resolve");
  if (how === "none") return undefined;
  if (how === "hang") return new Promise(() => {});
  if (how === "reject") throw new RangeError("the shop's database is away");
  const orderNumber = query.get("order") ?? posted;
  return how === "invalid" ? { ...suiteOrder(orderNumber), currency: "?" } : suiteOrder(orderNumber);
}

/** As {@link resolvedOrder}, which some shops write without a promise. */
export function resolveNow(query: URLSearchParams, posted = ""): TrackableOrder | Promise<TrackableOrder> {
  if (query.get("resolve") === "throw") throw new TypeError("the shop's resolver broke");
  return resolvedOrder(query, posted);
}

/** An order with nothing wrong about it. */
export function suiteOrder(orderNumber: string): Order {
  return {
    orderNumber,
    currency: "USD",
    couponCodes: [],
    customer: { newCustomer: true, country: "US", state: "UT", region: "" },
    products: [{ sku: "LL-TENT-2P", unitPrice: "249.95", quantity: 1 }],
  };
}

/** A receipt as JSON, with the code of its error. */
export function plainReceipt(receipt: Receipt) {
  return "error" in receipt ? { ...receipt, error: undefined, code: receipt.error.code } : receipt;
}

/** An event as JSON, with the code of its error. */
export function plainEvent(event: TrackingEvent) {
  return "error" in event ? { ...event, error: undefined, code: event.error.code } : event;
}
