import type { TrackingContext } from "@avantlink-s2s/core";
import type { JsonField } from "../../reading/json-field.ts";
import { clickOf, packedContext } from "../../reading/packed-context.ts";

/** The shopper's context as Shopify keeps it with an order. What the shop packed into it at checkout wins. */
export function shopifyContext(order: JsonField): TrackingContext {
  const visit = order.at("customerJourneySummary.lastVisit", "customerJourneySummary.firstVisit");
  const landing = order.at("landing_site", "landingPageUrl").text() ?? visit.at("landingPage").text();
  // An order that staff entered (a draft, the point of sale) was made in their browser, not in the shopper's.
  const byStaff = !order.at("user_id").missing;
  return {
    ...clickOf(landing),
    referrerUrl: order.at("referring_site", "referrerUrl").text() ?? visit.at("referrerUrl").text(),
    ipAddress: byStaff ? undefined : order.at("browser_ip", "client_details.browser_ip", "clientIp").text(),
    userAgent: byStaff ? undefined : order.at("client_details.user_agent").text(),
    ...packedContext(order.at("note_attributes", "customAttributes")),
  };
}
