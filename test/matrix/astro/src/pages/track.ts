import type { APIContext } from "astro";
import { plainReceipt, resolveNow } from "../../suite/shop.ts";
import { tracker } from "../lib/tracker.ts";

export async function GET(context: APIContext): Promise<Response> {
  const query = context.url.searchParams;
  const wait = { waitForDeliveryMs: Number(query.get("wait")) || undefined };
  return Response.json(plainReceipt(await tracker.trackOrder(await resolveNow(query), context, wait)));
}
