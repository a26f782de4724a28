import type { IncomingHttpHeaders } from "node:http";
import type { Adapter, RawRequest } from "@avantlink-s2s/core/adapter";
import { pathOf, shopperRequest } from "../shopper-request.ts";

/** A request of the Pages Router: an API route's, or `context.req`. */
export interface PagesRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

/** The context of `getServerSideProps`. `resolvedUrl` is the page's path; the request may have the path of its data. */
export interface PagesContext {
  readonly req: PagesRequest;
  readonly resolvedUrl?: string | undefined;
}

/** The shopper's own request, or the context of `getServerSideProps`, which holds it. */
export type PagesFrom = PagesRequest | PagesContext;

/** The request as core reads it. */
export function pagesRequest(adapter: Adapter, from: PagesFrom, path?: string): RawRequest {
  const { req, resolvedUrl } = "req" in from ? from : { req: from, resolvedUrl: undefined };
  return shopperRequest(adapter, {
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
