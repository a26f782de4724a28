import { json, type RequestEvent } from "@sveltejs/kit";
import { plainReceipt, resolveNow } from "../../../suite/shop.ts";
import { tracker } from "../../lib/tracker.ts";

export async function GET(event: RequestEvent): Promise<Response> {
  const query = event.url.searchParams;
  const wait = { waitForDeliveryMs: Number(query.get("wait")) || undefined };
  return json(plainReceipt(await tracker.trackOrder(await resolveNow(query), event, wait)));
}
