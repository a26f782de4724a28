import type { TrackingContext } from "../context/context.ts";
import { type Landing, type LandingTools, NO_LANDING, readLanding } from "../context/landing.ts";
import { type ContextSettings, isBrowser, type ReadRequest, readRequest } from "../context/read-request.ts";
import type { RawRequest, RequestSource } from "../context/request.ts";
import type { DeliveryWaits } from "../delivery/delivery-waits.ts";
import { AvantLinkError } from "../errors.ts";
import type { Config } from "../options/config.ts";
import { skip } from "../order/mapper-result.ts";
import { orderKey } from "../order/order-key.ts";
import { RecentKeys } from "../recent-keys.ts";
import { hookError, type Report, type WarnOnce } from "../reporting/report.ts";
import type { AcceptOrder } from "./accept-order.ts";
import { carriesContext } from "./decide.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { Receipt } from "./receipt.ts";
import type { TrackableOrder, Tracker, TrackOrderOptions } from "./tracker.ts";

/** What came of asking the shop for its order. */
export type ResolvedOrder =
  | { readonly status: "resolved"; readonly order: TrackableOrder }
  | { readonly status: "threw" };

// Policies under which the next request of the same site does not name the page's query. The last policy counts.
const HIDING_POLICY = /(?:^|,\s*)(?:no-referrer|origin|strict-origin)\s*$/i;
const MAX_LANDINGS = 10_000;
// An order that the shop never finds must not be lost in silence.
const SLOW_RESOLVE_MS = 10_000;

/** Checks what `trackOrders` was given, so that a mistake fails at start and not at the shoppers'. */
export function checkResolver(resolveOrder: unknown): void {
  if (typeof resolveOrder !== "function")
    throw new TypeError(
      "avantlink-s2s: trackOrders(tracker, resolveOrder) expects a function that returns the order",
    );
}

/** Whether the answer to such a request shows a shopper that the order was placed. */
export function isConfirmation(method: string | undefined, status: number): boolean {
  return isConfirmingMethod(method) && ((status >= 200 && status <= 299) || status === 304);
}

/** Whether a request of this method can confirm an order at all. */
function isConfirmingMethod(method: string | undefined): boolean {
  return method === "GET" || method === "POST";
}

/** What an adapter gets from a tracker, beside the tracker's public methods. */
export type Adapter = ReturnType<typeof createAdapter>;

export function createAdapter(
  config: Config,
  report: Report,
  warnOnce: WarnOnce,
  lifecycle: Lifecycle,
  waits: DeliveryWaits,
  accept: AcceptOrder,
  trackClick: Tracker["trackClick"],
) {
  const { runtime } = config;
  const settings: ContextSettings = config;

  function hookThrew(hook: string, cause: unknown): void {
    report({ type: "problem", error: hookError(hook, cause) });
  }

  const tools: LandingTools = {
    landed: new WeakMap(),
    hookThrew,
    proxyAddress: (header) => warnOnce("request.untrusted-proxy", header && `The header ${header} was seen.`),
    cookieTwice: () => warnOnce("request.cookie-twice"),
    newVisitorId: () => runtime.uuid(),
    counted: new RecentKeys(MAX_LANDINGS),
  };

  function read(source: RequestSource): ReadRequest {
    return readRequest(source, settings, tools);
  }

  function land(request: RawRequest): Landing {
    // Middleware that is mounted twice sees a landing twice.
    if (tools.landed.has(request.source)) return NO_LANDING;
    const landing = readLanding(request, settings, tools);
    const { skipped, context } = landing;
    tools.landed.set(request.source, context);
    if (skipped) report({ type: "skipped", kind: "click", orderNumber: "", reason: skipped, findings: [] });
    return landing;
  }

  return {
    siteUrl: config.siteUrl,
    trustedProxies: config.trustedProxies,
    /** Whether pages are being rendered before there is a shopper. */
    building: config.mode === "build",
    /** Whether an accepted order survives the process. */
    durable: config.outbox.durable,
    /** Whether the tracker was closed. */
    get closed() {
      return lifecycle.closed;
    },
    /** Merchant and endpoint, which identify a tracker in a process. */
    identity: `${config.merchantId} ${config.endpoint}`,
    runtime,
    report,
    warnOnce,
    /** Reports that a function of the shop's threw. */
    hookThrew,

    /** Decides whether a request is a landing. */
    readLanding(source: RequestSource): Landing {
      try {
        return land(source());
      } catch (cause) {
        hookThrew("the request itself", cause);
        return NO_LANDING;
      }
    },
    /** Sends the click of a landing, once. */
    async trackLanding({ click }: Landing, options?: Parameters<Tracker["trackClick"]>[1]): Promise<void> {
      if (click) await trackClick(click, options);
    },
    /** Warns, once, where a page's Referrer-Policy hides the landing from the requests that follow it. */
    checkReferrerPolicy(policy: string | undefined | null): void {
      if (policy && HIDING_POLICY.test(policy))
        warnOnce("request.referrer-policy", `It is ${policy.slice(0, 60)}.`);
    },

    /** Reads a request now, for an order that is known later. */
    readRequest: read,
    /** Tracks an order with a request, or with what `readRequest` read of it. */
    trackOrder(
      order: TrackableOrder,
      request: RequestSource | ReadRequest,
      options?: TrackOrderOptions,
    ): Promise<Receipt> {
      if (typeof request !== "function") return accept.track(order, { request }, options);
      const raw = attempt(request);
      if (raw?.method === "HEAD") {
        // A caller in plain JavaScript may have forgotten to await the order.
        Promise.resolve(order).catch(() => {});
        return accept.track(skip("head"), {}, options);
      }
      // A payment provider's request says nothing beside a context that travelled with the order, so the shop's hook
      // is not asked about it.
      const isCarried = raw !== undefined && attempt(() => carriesContext(order));
      const isNeeded = !isCarried || attempt(() => isBrowser(raw)) !== false;
      // Read at once: later the host may have recycled the request.
      return accept.track(order, { request: isNeeded ? read(request) : undefined }, options);
    },
    /** The context where none can be made: it never allows what the shop wants to be asked for. */
    contextWithout(error: AvantLinkError): TrackingContext {
      report({ type: "problem", error });
      return Object.freeze(config.consent ? { consent: "denied" } : {});
    },
    /** Rejects an order for the adapter's own reason; it is reported and kept as any rejected order. */
    rejectOrder: (order: TrackableOrder, error: AvantLinkError) => accept.track(order, { error }),

    /** Asks the shop which order a confirmed page showed. What the shop's function throws is reported. */
    async resolveOrder(resolve: () => TrackableOrder | Promise<TrackableOrder>): Promise<ResolvedOrder> {
      const detail = "resolveOrder has not answered for 10 seconds. Its order is tracked once it answers.";
      const cancel = runtime.after(SLOW_RESOLVE_MS, () =>
        report({ type: "problem", error: new AvantLinkError("hook.threw", { detail }) }),
      );
      try {
        return { status: "resolved", order: await resolve() };
      } catch (cause) {
        hookThrew("resolveOrder", cause);
        return { status: "threw" };
      } finally {
        cancel();
      }
    },
    /** Reports a page that looks like a confirmation and is not counted, because of its method or its status. */
    notConfirmed(method: string | undefined, status: number): void {
      // A browser's own question before a call to another host.
      if (method === "OPTIONS") return;
      const reason = isConfirmingMethod(method) ? "not-confirmed" : method === "HEAD" ? "head" : "method";
      report({ type: "skipped", kind: "order", orderNumber: "", reason, status, findings: [] });
    },
    /** Counts a page's order as under way until the work has ended; flush and close wait for it. */
    duringConfirmation: lifecycle.during,
    /** Resolves when an order was delivered or given up, or the time is up. */
    async untilDelivered(orderNumber: string, ms: number): Promise<void> {
      const key = orderKey(config.merchantId, orderNumber);
      await waits.wait(key, ms, () => accept.stateIn(key));
    },
  };
}

/** A value, or `undefined` where it cannot be had. Who needs it reads again, and reports. */
function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
