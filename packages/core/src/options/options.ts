import type { IpAddressMode } from "../context/ip-address.ts";
import type { ConsentRequest } from "../context/request.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { TrackingEvent } from "../reporting/events.ts";
import type { Runtime } from "../runtime.ts";

/** The options of `createTracker`. */
export interface TrackerOptions {
  /**
   * The merchant's UUID at AvantLink, not the older merchant number of four to six digits.
   * @default the environment's `AVANTLINK_MERCHANT_ID`
   */
  readonly merchantId?: string | undefined;
  /**
   * The address of AvantLink or of a sandbox: https, or http on this machine.
   * @default the environment's `AVANTLINK_ENDPOINT`, else `https://client.avantlink.com`
   */
  readonly endpoint?: string | undefined;
  /**
   * Whether anything is sent. In a dry run, orders are checked and reported, and not sent.
   * @default the environment's `AVANTLINK_MODE`, else `"live"` in production and with an endpoint on this machine;
   * `"dry-run"` in development and on previews that are detected
   */
  readonly mode?: "live" | "dry-run" | undefined;
  /** Where accepted orders wait until they are delivered. @default memoryOutbox() */
  readonly outbox?: Outbox | undefined;
  /**
   * Whether this process delivers orders. With `false` it only accepts them, and another process on the same durable
   * outbox delivers. @default true
   */
  readonly deliver?: boolean | undefined;
  /** The cookies that remember a visitor's click. */
  readonly cookies?: CookieOptions | undefined;
  /**
   * The shop's public origin, such as `https://shop.example`.
   * @default scheme and host of each request
   */
  readonly siteUrl?: string | undefined;
  /**
   * The proxies in front of the shop, whose X-Forwarded-For is trusted: their number, their addresses and networks,
   * or a platform. On Express, the app's own `trust proxy` is used instead.
   * @default 0: no IP address is taken from a header
   */
  readonly trustedProxies?: number | readonly string[] | "vercel" | "cloudflare" | undefined;
  /**
   * Whether the shopper allows tracking. The hook is called before anything is stored or sent, and must not be async. A
   * hook that throws denies. @default everyone allows
   */
  readonly consent?: ((request: ConsentRequest) => boolean) | undefined;
  /**
   * What happens to an order whose shopper denied tracking, by the consent hook or by Global Privacy Control: `"skip"`
   * sends nothing; `"anonymous"` sends the sale (number, amounts, lines, coupons, country, `new_customer`) and the
   * page's address without its query, without any ID, IP address, browser or referrer. @default "skip"
   */
  readonly whenDenied?: "skip" | "anonymous" | undefined;
  /** Whether the browser's `Sec-GPC` header denies. @default "honor" */
  readonly globalPrivacyControl?: "honor" | "ignore" | undefined;
  /**
   * How much of the shopper's IP address is sent: `"full"`, `"truncate"` (the network only, /24 or /48) or `"omit"`.
   * @default "full"
   */
  readonly ipAddress?: IpAddressMode | undefined;
  /**
   * Names of your own parameters to keep in page URLs, beside `avad`, `gclid`, `utm_*`, `netid` and `avad_ttl`. Every
   * other parameter is removed before a URL is sent. @default []
   */
  readonly keepParameters?: readonly string[] | undefined;
  /** The largest number of simultaneous calls to AvantLink from this process, 1 to 1000. @default 20 */
  readonly concurrency?: number | undefined;
  /** How an order is tried again. */
  readonly retry?: RetryOptions | undefined;
  /** The time-out of one whole call to AvantLink, in milliseconds, at most 15,000. @default 10_000 */
  readonly timeoutMs?: number | undefined;
  /** Your server's name, sent to AvantLink; not the shopper's browser. @default "avantlink-s2s/<version>" Wire: the User-Agent header. */
  readonly userAgent?: string | undefined;
  /** A function that gets every event. @default problems are printed by console.warn */
  readonly onEvent?: ((event: TrackingEvent) => void) | undefined;
  /** Clock, randomness and timers, for tests. @default the process's own */
  readonly runtime?: Runtime | undefined;
}

/** The cookies that remember a visitor's click. */
export interface CookieOptions {
  /** The cookies' names. @default { avad: "avad", visitor: "avad_visitor", gclid: "avad_gclid" } */
  readonly names?: { readonly avad?: string; readonly visitor?: string; readonly gclid?: string } | undefined;
  /** The Domain attribute, for a shop on several subdomains. @default the host that set the cookies */
  readonly domain?: string | undefined;
  /** How long the cookies are kept, in days, 1 to 365: the referral period of your program. @default 365 */
  readonly days?: number | undefined;
  /** The SameSite attribute. @default "lax" */
  readonly sameSite?: "lax" | "strict" | "none" | undefined;
}

/** How an order is tried again. */
export interface RetryOptions {
  /** How long after acceptance an order is sent again, in milliseconds. @default 604_800_000, seven days */
  readonly maxAgeMs?: number | undefined;
  /** The upper bound of the first delay, in milliseconds. The bound doubles with each attempt. @default 1000 */
  readonly baseDelayMs?: number | undefined;
  /** The upper bound of every delay, in milliseconds. @default 900_000, 15 minutes */
  readonly maxDelayMs?: number | undefined;
}
