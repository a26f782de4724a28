import type { TrackingContext } from "./context/context.ts";
import { type Glance, type Landing, mayLand, readContext, readLanding } from "./context/landing.ts";
import type { ShopRequest } from "./context/request.ts";
import { AvantLinkError, type ErrorCode } from "./errors.ts";
import type { Config } from "./options/config.ts";
import { hookError, type Report } from "./reporting/report.ts";
import { type Runtime, sha256Hex } from "./runtime.ts";
import type { Receipt } from "./tracker/receipt.ts";
import type { TrackableOrder, Tracker } from "./tracker/tracker.ts";

/** What an adapter needs of a tracker beside its public methods. */
export interface AdapterAccess extends TrackerAccess {
  readonly siteUrl: Config["siteUrl"];
  readonly trustedProxies: Config["trustedProxies"];
  /** Whether pages are being rendered ahead, with no shopper there. */
  readonly building: boolean;
  /** Whether an accepted order survives the process. */
  readonly durable: boolean;
  /** Merchant and endpoint: what tells one tracker from another in a process. */
  readonly identity: string;
  readonly runtime: Runtime;
  /** Whether {@link land} can have anything to decide: cheap, for every request of the shop's. */
  mayLand(request: Glance): boolean;
  /** Decides whether a request is a landing, and remembers it if so. */
  land(request: ShopRequest): Landing;
  /** The shopper's context of a request. */
  read(request: ShopRequest): TrackingContext;
  /**
   * The same, to be read when the page is out: of a request that is a copy, since what the host makes of its own
   * meanwhile is not known. A consent hook is asked at once.
   */
  readLater(request: ShopRequest): () => TrackingContext;
  /** Asks the shop which order a confirmed page showed. What it throws is told, and then there is none. */
  resolve(resolveOrder: () => TrackableOrder | Promise<TrackableOrder>): Promise<TrackableOrder>;
  readonly report: Report;
  /** Tells that a function of the shop's threw. */
  threw(hook: string, cause: unknown): void;
  /** Tells, once, that something about the shop's setup is not as it should be. */
  announce(code: ErrorCode): void;
}

/** What of it only the tracker itself can lend. */
export interface TrackerAccess {
  /** Whether the tracker was closed. */
  readonly closed: boolean;
  /** Counts a page's order as under way until the work has settled; flush and close wait for it. */
  confirming(work: Promise<unknown>): void;
  /** Rejects an order for the adapter's own reason; it is told and kept as any rejected one. */
  turnAway(order: TrackableOrder, error: AvantLinkError): Promise<Receipt>;
  /** Resolves when an order was delivered or given up, or the time (in milliseconds) is up. */
  settled(orderNumber: string, ms: number): Promise<void>;
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

/**
 * A tracker that hands every call to the one that stands behind it at the time, for a host that evaluates the
 * shop's module more than once.
 */
export function standIn(current: () => Tracker): Tracker {
  const tracker: Tracker = {
    trackOrder: (...given) => current().trackOrder(...given),
    trackClick: (...given) => current().trackClick(...given),
    start: () => current().start(),
    deliverDue: (...given) => current().deliverDue(...given),
    forget: (...given) => current().forget(...given),
    flush: (...given) => current().flush(...given),
    close: (...given) => current().close(...given),
    health: () => current().health(),
  };
  Object.defineProperty(tracker, ACCESS, { get: () => adapterAccess(current()) });
  return Object.freeze(tracker);
}

/** Gives a tracker its adapter's side. */
export function grantAccess(tracker: Tracker, config: Config, report: Report, own: TrackerAccess): void {
  const counted = new Set<string>();
  const announced = new Set<ErrorCode>();
  const threw = (hook: string, cause: unknown) => report({ type: "problem", error: hookError(hook, cause) });
  const consentThrew = (cause: unknown) => threw("consent", cause);

  const read = (request: ShopRequest) => readContext(request, config, consentThrew);

  const access: AdapterAccess = {
    siteUrl: config.siteUrl,
    trustedProxies: config.trustedProxies,
    building: config.mode === "build",
    durable: config.outbox.durable,
    identity: `${config.merchantId} ${config.endpoint}`,
    runtime: config.runtime,
    get closed() {
      return own.closed;
    },
    confirming: own.confirming,
    turnAway: own.turnAway,
    settled: own.settled,
    mayLand: (request) => mayLand(request, config),
    land(request) {
      const landing = readLanding(request, config, {
        newVisitorId: () => config.runtime.uuid(),
        wasCounted: (avad) => counted.has(landingKey(request, avad)),
        onHookThrow: consentThrew,
      });
      const { skipped } = landing;
      if (skipped) report({ type: "skipped", kind: "click", orderNumber: "", reason: skipped, findings: [] });
      if (landing.click?.avad !== undefined) {
        counted.add(landingKey(request, landing.click.avad));
        for (const oldest of counted.size > MOST_REMEMBERED ? counted : []) {
          counted.delete(oldest);
          break;
        }
      }
      return landing;
    },
    read,
    readLater(request) {
      if (config.consent === undefined) return () => read(request);
      const context = read(request);
      return () => context;
    },
    async resolve(resolveOrder) {
      try {
        return await resolveOrder();
      } catch (cause) {
        threw("resolveOrder", cause);
        return undefined;
      }
    },
    report,
    threw,
    announce(code) {
      if (announced.has(code)) return;
      announced.add(code);
      report({ type: "problem", error: new AvantLinkError(code) });
    },
  };
  Object.defineProperty(tracker, ACCESS, { value: access });
}

/** One browser and one token, as far as a request without cookies can tell one browser from another. */
function landingKey(request: ShopRequest, avad: string): string {
  return sha256Hex(`${avad}\n${request.ipAddress ?? ""}\n${request.header("user-agent") ?? ""}`);
}

export { forwardedAddress, isNearby } from "./context/ip-address.ts";
export type { Landing } from "./context/landing.ts";
export { queryValue } from "./context/query.ts";
export { isHost, type ShopRequest } from "./context/request.ts";
export { orderKey } from "./order/order-key.ts";
export { PRIVATELY, SHARED_CACHE_HEADERS } from "./privacy/cache-headers.ts";
export { isConfirmation } from "./tracker/confirmation.ts";
export { within } from "./tracker/wait.ts";
