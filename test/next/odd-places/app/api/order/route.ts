import type { NextRequest } from "next/server.js";
import { plainReceipt, suiteOrder } from "../../../scenario.ts";
import { tracker } from "../../../tracker.ts";

export async function GET(request: NextRequest): Promise<Response> {
  const order = suiteOrder(request.nextUrl.searchParams.get("order") ?? "");
  return Response.json(plainReceipt(await tracker.trackOrder(order, request)));
}
