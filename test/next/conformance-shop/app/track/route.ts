import type { NextRequest } from "next/server.js";
import { plainReceipt, resolveNow } from "../../scenario.ts";
import { tracker } from "../../tracker.ts";

export async function GET(request: NextRequest): Promise<Response> {
  const query = request.nextUrl.searchParams;
  const wait = { waitForDeliveryMs: Number(query.get("wait")) || undefined };
  const from = query.has("ambient") ? undefined : request;
  return Response.json(plainReceipt(await tracker.trackOrder(await resolveNow(query), from, wait)));
}
