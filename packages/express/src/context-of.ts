import type { Tracker, TrackingContext } from "@avantlink-s2s/core";
import { type AdapterAccess, adapterAccess } from "@avantlink-s2s/core/adapter";
import type { Request } from "express";
import { isBehindUntrustedProxy, shopRequest } from "./express-request.ts";

// A registered symbol, so that copies of this module (ESM beside CommonJS) find each other's note.
const LANDED = Symbol.for("avantlink-s2s.landed");

/** What a landing on this very request settled for a tracker, which its own Cookie header cannot show yet. */
export function rememberLanding(
  request: Request,
  access: AdapterAccess,
  context: TrackingContext | undefined,
): void {
  if (!context) return;
  const landings: Map<AdapterAccess, TrackingContext> = Reflect.get(request, LANDED) ?? new Map();
  landings.set(access, context);
  Object.defineProperty(request, LANDED, { value: landings, configurable: true });
}

/** The context of this request's landing, where the tracker counted it as one. */
export function landingOf(request: Request, access: AdapterAccess): TrackingContext | undefined {
  const landings: ReadonlyMap<AdapterAccess, TrackingContext> | undefined = Reflect.get(request, LANDED);
  return landings?.get(access);
}

/**
 * The shopper's context of a request: frozen plain JSON, to be stored with the order or packed into a payment.
 * Empty but for the refusal where the shopper did not consent.
 */
export function contextOf(tracker: Tracker, from: Request): TrackingContext {
  return contextLater(adapterAccess(tracker), from)();
}

/** The same, taken from the request now and made of it when it is asked for, which may be after the page. */
export function contextLater(access: AdapterAccess, from: Request): () => TrackingContext {
  const read = guarded(access, () => {
    const known = landingOf(from, access);
    if (isBehindUntrustedProxy(from)) access.announce("request.untrusted-proxy");
    return known ? () => known : access.readLater(shopRequest(from, access.siteUrl));
  });
  return () => (read && guarded(access, read)) ?? {};
}

/** An order without its context is still an order. */
function guarded<Result>(access: AdapterAccess, work: () => Result): Result | undefined {
  try {
    return work();
  } catch (cause) {
    access.threw("trust proxy, or the request itself,", cause);
    return undefined;
  }
}
