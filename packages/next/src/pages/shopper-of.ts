import type { IncomingHttpHeaders } from "node:http";
import type { Tracker, TrackingContext } from "@avantlink-s2s/core";
import { type AdapterAccess, adapterAccess, type ShopRequest } from "@avantlink-s2s/core/adapter";
import { pathOf, shopper } from "../shopper.ts";

/** A request of the Pages Router: an API route's, or `context.req`. */
export interface PagesRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** What `getServerSideProps` is given; it knows the page's path where the request tells that of the page's data. */
export interface PagesContext {
  readonly req: PagesRequest;
  readonly resolvedUrl?: string | undefined;
}

/** The shopper's own request, or the context of `getServerSideProps`, which holds it. */
export type PagesFrom = PagesRequest | PagesContext;

/**
 * The shopper's context of a request: frozen plain JSON, to be stored with the order or packed into a payment.
 * Empty but for the refusal where the shopper did not consent.
 */
export async function contextOf(tracker: Tracker, from: PagesFrom): Promise<TrackingContext> {
  const access = adapterAccess(tracker);
  return access.read(shopperOf(access, from));
}

/** The request as core reads it. */
export function shopperOf(access: AdapterAccess, from: PagesFrom, path?: string): ShopRequest {
  const { req, resolvedUrl } = "req" in from ? from : { req: from, resolvedUrl: undefined };
  return shopper(access, {
    method: req.method ?? "GET",
    headers: asHeaders(req.headers),
    path,
    ownPath: resolvedUrl ?? pathOf(req.url ?? "/"),
  });
}

function asHeaders(given: IncomingHttpHeaders): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    for (const one of Array.isArray(value) ? value : [value]) {
      if (one !== undefined) headers.append(name, one);
    }
  }
  return headers;
}
