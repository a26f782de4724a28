import type { IpAddressMode } from "../context/ip-address.ts";
import type { ConsentRequest } from "../context/request.ts";
import type { Outbox } from "../outbox/outbox.ts";
import type { TrackingEvent } from "../reporting/events.ts";
import type { Runtime } from "../runtime.ts";

/** The options of `createTracker`. */
export interface TrackerOptions {
  /**
   * The merchant's UUID at AvantLink; not the older merchant number of four to six digits.
   * @default the environment's `AVANTLINK_MERCHANT_ID`
   */
  readonly merchantId?: string | undefined;
  /**
   * Where AvantLink, or a sandbox, is: https, or http for this machine.
   * @default the environment's `AVANTLINK_ENDPOINT`, else `https://client.avantlink.com`
   */
  readonly endpoint?: string | undefined;
  /**
   * Whether anything is sent. In a dry run orders are checked and reported, and go nowhere.
   * @default `"live"` where `NODE_ENV` is `production` and the deployment is no preview, and towards an endpoint
   * on this machine; `"dry-run"` elsewhere
   */
  readonly mode?: "live" | "dry-run" | undefined;
  /** Where accepted orders wait for their delivery. @default memoryOutbox() */
  readonly outbox?: Outbox | undefined;
  /**
   * Whether this process delivers what is in the outbox, or only accepts; then another one delivers, so the outbox is
   * a durable one. @default true
   */
  readonly deliver?: boolean | undefined;
  /** The cookies that remember a visitor's click. */
  readonly cookies?: CookieOptions | undefined;
  /**
   * The shop's public origin, such as `https://shop.example`.
   * @default what the request says of itself
   */
  readonly siteUrl?: string | undefined;
  /**
   * The proxies in front of the shop, whose X-Forwarded-For is believed: how many, which addresses and networks,
   * or a platform. On Express the app's own `trust proxy` is used instead.
   * @default 0: no IP address is taken from a header
   */
  readonly trustedProxies?: number | readonly string[] | "vercel" | "cloudflare" | undefined;
  /**
   * Whether the shopper allows tracking. It is called before anything is stored or sent, and must answer at once. A
   * hook that throws denies. @default everyone consents
   */
  readonly consent?: ((request: ConsentRequest) => boolean) | undefined;
  /**
   * What becomes of an order whose shopper denied tracking, by the consent hook or by Global Privacy Control: `"skip"`
   * sends nothing; `"anonymous"` sends the sale (number, amounts, lines, coupons, country) without any ID, address,
   * browser or page query. @default "skip"
   */
  readonly whenDenied?: "skip" | "anonymous" | undefined;
  /** Whether the browser's `Sec-GPC` header denies. @default "honor" */
  readonly globalPrivacyControl?: "honor" | "ignore" | undefined;
  /** How much of the shopper's IP address is sent. @default "full" */
  readonly ipAddress?: IpAddressMode | undefined;
  /**
   * Names of the shop's own parameters that stay in the page URLs that are sent, beside `avad`, `gclid`, `utm_*`,
   * `netid` and `avad_ttl`. Every other parameter is removed. @default []
   */
  readonly keepParameters?: readonly string[] | undefined;
  /** Most calls to AvantLink at a time from this process, 1 to 1000. @default 20 */
  readonly concurrency?: number | undefined;
  /** How an order is tried again. */
  readonly retry?: RetryOptions | undefined;
  /** The bound on one whole call to AvantLink, in milliseconds, at most 15,000. @default 10_000 */
  readonly timeoutMs?: number | undefined;
  /** The server's own name towards AvantLink. @default "avantlink-s2s/<version>" Wire: the User-Agent header. */
  readonly userAgent?: string | undefined;
  /** Gets every event. @default problems go to console.warn */
  readonly onEvent?: ((event: TrackingEvent) => void) | undefined;
  /** Clock, randomness and timers, for tests. @default the process's own */
  readonly runtime?: Runtime | undefined;
}

/** The cookies that remember a visitor's click. */
export interface CookieOptions {
  /** Their names. @default { avad: "avad", visitor: "avad_visitor", gclid: "avad_gclid" } */
  readonly names?: { readonly avad?: string; readonly visitor?: string; readonly gclid?: string } | undefined;
  /** The Domain attribute, for a shop on several subdomains. @default the host that set them */
  readonly domain?: string | undefined;
  /** How long they are kept, in days: the programme's referral period, 1 to 365. @default 365 */
  readonly days?: number | undefined;
  /** The SameSite attribute. @default "lax" */
  readonly sameSite?: "lax" | "strict" | "none" | undefined;
}

/** How an order is tried again. */
export interface RetryOptions {
  /** How long after acceptance, in milliseconds. @default 604_800_000, seven days */
  readonly maxAgeMs?: number | undefined;
  /** The bound of the first delay, in milliseconds; it doubles with each attempt. @default 1000 */
  readonly baseDelayMs?: number | undefined;
  /** The largest bound of a delay, in milliseconds. @default 900_000, a quarter of an hour */
  readonly maxDelayMs?: number | undefined;
}
