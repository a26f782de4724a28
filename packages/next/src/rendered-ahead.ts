import { AvantLinkError } from "@avantlink-s2s/core";
import type { Adapter } from "@avantlink-s2s/core/adapter";

/** Whether a request's headers say that there is no request: where Next renders ahead, it hands out none at all. */
export function isRenderedAhead(headers: Headers): boolean {
  return headers.keys().next().done === true;
}

/**
 * An order was tracked where Next renders ahead of the shoppers. Where a developer sees it, in the build and in
 * development, this throws; in production it gives the error for the receipt, since a throw would be the shopper's.
 */
export function renderedAhead(adapter: Adapter): AvantLinkError {
  const error = new AvantLinkError("order.static-page", {
    detail:
      'Remove `export const dynamic = "force-static"` from the page or route handler that confirms the order; it then becomes dynamic by itself.',
  });
  if (isSeenByDeveloper(adapter)) throw error;
  return error;
}

/** Whether Next is building the site or serves its developer, and no shopper. */
export function isSeenByDeveloper({ building }: Adapter): boolean {
  return building || process.env.NODE_ENV === "development";
}
