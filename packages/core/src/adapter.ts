import type { Config } from "./config.ts";
import type { TrackingContext } from "./context.ts";
import type { ShopRequest } from "./shop-request.ts";
import { hookError, type Tell } from "./telling.ts";
import type { Tracker } from "./tracker-types.ts";
import { type Landing, readContext, readLanding } from "./visitor.ts";

/** What an adapter needs of a tracker beside its public methods. */
export interface AdapterAccess {
  readonly siteUrl: Config["siteUrl"];
  readonly trustedProxies: Config["trustedProxies"];
  /** Whether pages are being rendered ahead, with no shopper there. */
  readonly building: boolean;
  /** Decides whether a request is a landing, and remembers it if so. */
  land(request: ShopRequest): Landing;
  /** The shopper's context of a request. */
  read(request: ShopRequest): TrackingContext;
  /** Tells that a function of the shop's threw. */
  threw(hook: string, cause: unknown): void;
}

// A registered symbol, so that copies of this module (ESM beside CommonJS, several bundles) understand each other.
const ACCESS = Symbol.for("avantlink-s2s.adapter");
const MOST_REMEMBERED = 10_000;

/** The adapter's side of a tracker. */
export function adapterAccess(tracker: Tracker): AdapterAccess {
  const access: AdapterAccess | undefined = Reflect.get(tracker, ACCESS);
  if (!access) throw new TypeError("avantlink-s2s: expected a tracker made by createTracker()");
  return access;
}

/** Gives a tracker its adapter's side. */
export function grantAccess(tracker: Tracker, config: Config, tell: Tell): void {
  const counted = new Set<string>();
  const threw = (hook: string, cause: unknown) => tell({ type: "problem", error: hookError(hook, cause) });
  const consentThrew = (cause: unknown) => threw("consent", cause);

  const access: AdapterAccess = {
    siteUrl: config.siteUrl,
    trustedProxies: config.trustedProxies,
    building: config.mode === "build",
    land(request) {
      const landing = readLanding(request, config, {
        newVisitorId: () => config.runtime.uuid(),
        wasCounted: (visitor, avad) => counted.has(landingKey(visitor, avad)),
        onHookThrow: consentThrew,
      });
      const [visitor, avad] = [landing.click?.visitorIds?.[0], landing.click?.avad];
      if (visitor !== undefined && avad !== undefined) {
        counted.add(landingKey(visitor, avad));
        for (const oldest of counted.size > MOST_REMEMBERED ? counted : []) {
          counted.delete(oldest);
          break;
        }
      }
      return landing;
    },
    read: (request) => readContext(request, config, consentThrew),
    threw,
  };
  Object.defineProperty(tracker, ACCESS, { value: access });
}

function landingKey(visitor: string, avad: string): string {
  return `${visitor} ${avad}`;
}

export { forwardedAddress, tidyIpAddress } from "./ip-address.ts";
export type { ShopRequest } from "./shop-request.ts";
export type { Landing } from "./visitor.ts";
