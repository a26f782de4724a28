import {
  AvantLinkError,
  type Tracker as CoreTracker,
  type TrackOrderOptions as CoreTrackOrderOptions,
  createTracker as createCoreTracker,
  type Receipt,
  type TrackableOrder,
  type TrackerOptions,
  type TrackingContext,
} from "@avantlink-s2s/core";
import { adapterOf, trackerWith } from "@avantlink-s2s/core/adapter";
import { type Host, type HostedRequest, onPlatform, waitUntilOf } from "./host.ts";
import { keepDelivering, waitInline } from "./keep-delivering.ts";
import { rawRequest } from "./raw-request.ts";

/** How an order is tracked. */
export interface TrackOrderOptions extends CoreTrackOrderOptions, Host {}

/**
 * Tracks orders and clicks of a server that speaks `Request` and `Response`. `trackOrder` and `contextOf` take the
 * shopper's request or a context.
 */
export interface Tracker<From = Request> extends CoreTracker<From> {
  /**
   * Tracks an order; the call itself is the confirmation.
   * @param from the shopper's own request, or the context that was packed at checkout
   */
  trackOrder(
    order: TrackableOrder,
    from?: From | TrackingContext,
    options?: TrackOrderOptions,
  ): Promise<Receipt>;
  /** The shopper's context: frozen plain JSON. It holds nothing but the denial where the shopper did not consent. */
  contextOf(from?: From | TrackingContext, host?: Host): Promise<TrackingContext>;
}

/**
 * Makes a tracker. Checks its options and does nothing else: no file or connection is opened before its first use.
 * @throws AvantLinkError `config.invalid`, naming every fault at once
 */
export function createTracker(options: TrackerOptions = {}): Tracker {
  // In plain JavaScript a framework's own event may stand here, which holds the request.
  return createTrackerOver<Request>(options, (from) => ({ request: Reflect.get(from, "request") ?? from }));
}

/** Makes a tracker for a framework whose own event or context holds the web request. */
export function createTrackerOver<From extends object>(
  options: TrackerOptions,
  open: (from: From) => HostedRequest,
): Tracker<From> {
  const tracker = createCoreTracker(options);
  const adapter = adapterOf(tracker);
  const hosted = (from: From | Request, given: Host): HostedRequest => {
    const { waitUntil, ipAddress, ...known } = isWebRequest(from) ? { request: from } : open(from);
    return { ...known, waitUntil: waitUntilOf(given) ?? waitUntil, ipAddress: given.ipAddress ?? ipAddress };
  };
  /** Nothing where it throws: core opens the request again, and reports that. Only a page rendered ahead fails. */
  const opened = (from: From, given: Host): HostedRequest | undefined => {
    try {
      return hosted(from, given);
    } catch (cause) {
      if (cause instanceof AvantLinkError) throw cause;
      return undefined;
    }
  };

  return trackerWith(() => tracker, {
    async trackOrder(order: TrackableOrder, from?: From | TrackingContext, asked?: TrackOrderOptions) {
      const given = asked ?? {};
      const source = isRequest(from) ? opened(from, given) : undefined;
      const { waitUntil } = onPlatform(source ?? { waitUntil: waitUntilOf(given) });
      const { transaction, waitForDeliveryMs = waitInline(adapter, waitUntil) } = given;
      const options = { transaction, waitForDeliveryMs };
      const tracking = isRequest(from)
        ? adapter.trackOrder(order, () => rawRequest(adapter, source ?? hosted(from, given)), options)
        : tracker.trackOrder(order, from, options);
      if (transaction === undefined) keepDelivering(adapter, tracking, waitUntil);
      return tracking;
    },
    async contextOf(from?: From | TrackingContext, given?: Host) {
      return isRequest(from)
        ? adapter.readRequest(() => rawRequest(adapter, hosted(from, given ?? {}))).context
        : tracker.contextOf(from);
    },
  });
}

// Some frameworks' events have `headers` too.
function isWebRequest(from: object): from is Request {
  return "headers" in from && !("req" in from) && !("request" in from);
}

// A framework's own event or context holds the request under one of these names; a tracking context has none of them.
function isRequest<From extends object>(from: From | TrackingContext | undefined): from is From {
  return (
    typeof from === "object" && from !== null && ["headers", "request", "req"].some((name) => name in from)
  );
}
