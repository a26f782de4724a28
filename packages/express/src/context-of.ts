import type { Tracker, TrackingContext } from "@avantlink-s2s/core";
import { adapterAccess } from "@avantlink-s2s/core/adapter";
import type { Request } from "express";
import { shopRequest } from "./express-request.ts";

/** What a landing on this very request settled, which its own Cookie header cannot show yet. */
const landed = new WeakMap<Request, TrackingContext>();

export function rememberLanding(request: Request, context: TrackingContext | undefined): void {
  if (context) landed.set(request, context);
}

/**
 * The shopper's context of a request: frozen plain JSON, to be stored with the order or packed into a payment.
 * Empty but for the refusal where the shopper did not consent.
 */
export function contextOf(tracker: Tracker, from: Request): TrackingContext {
  const known = landed.get(from);
  if (known) return known;
  const access = adapterAccess(tracker);
  return access.read(shopRequest(from, access.siteUrl));
}
