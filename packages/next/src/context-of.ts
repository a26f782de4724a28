import type { Tracker, TrackingContext } from "@avantlink-s2s/core";
import { type AdapterAccess, adapterAccess, type ShopRequest } from "@avantlink-s2s/core/adapter";
import { headers } from "next/headers.js";
import { connection } from "next/server.js";
import { isRenderedAhead, renderedAhead } from "./rendered-ahead.ts";
import { pathOf, shopper } from "./shopper.ts";

/**
 * The shopper's context: frozen plain JSON, to be stored with the order or packed into a payment. Of the request
 * given, or in a Server Component, a Server Action or a route handler of the one being answered. Empty but for the
 * refusal where the shopper did not consent.
 */
export async function contextOf(tracker: Tracker, from?: Request): Promise<TrackingContext> {
  const access = adapterAccess(tracker);
  const request = await shopperOf(access, from);
  if (request) return access.read(request);
  access.tell({ type: "problem", error: renderedAhead(access) });
  return Object.freeze({});
}

/** The request as core reads it; nothing where Next renders ahead and there is none. */
export async function shopperOf(
  access: AdapterAccess,
  from: Request | undefined,
  path?: string,
): Promise<ShopRequest | undefined> {
  if (from) {
    const { headers: seen } = from;
    if (isRenderedAhead(seen)) return undefined;
    return shopper(access, { method: from.method, headers: seen, path, ownPath: pathOf(from.url) });
  }
  // First of all: what Next prefetches or renders ahead stops here. What either throws is Next's own signal.
  await connection();
  const seen = await headers();
  return isRenderedAhead(seen) ? undefined : shopper(access, { method: "GET", headers: seen, path });
}
