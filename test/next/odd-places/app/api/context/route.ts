import type { NextRequest } from "next/server.js";
import { plainReceipt, suiteOrder } from "../../../scenario.ts";
import { tracker } from "../../../tracker.ts";

/** Leaves the request out, where no proxy has passed its path. */
export async function GET(request: NextRequest): Promise<Response> {
  const context = await tracker.contextOf();
  const order = suiteOrder(request.nextUrl.searchParams.get("order") ?? "");
  return Response.json({ context, receipt: plainReceipt(await tracker.trackOrder(order, context)) });
}
