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
  access.report({ type: "problem", error: renderedAhead(access) });
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

/**
 * Whether Next renders ahead where the shopper is known from elsewhere. As above, a page that is to be dynamic stops
 * here at its build. In a script and behind a rendered page there is no request to ask about, and nothing is ahead.
 */
export async function aheadOfShoppers(): Promise<boolean> {
  try {
    await connection();
  } catch (cause) {
    if (!isWithoutRequest(cause)) throw cause;
    return false;
  }
  return isRenderedAhead(await headers());
}

// Next tells these two by nothing but their words. All else that it throws is its own signal.
function isWithoutRequest(cause: unknown): boolean {
  const { message, digest }: { message?: unknown; digest?: unknown } = Object(cause);
  return (
    digest === undefined &&
    /outside a request scope|used .connection(?:\(\))?. inside .after\(/.test(String(message))
  );
}
