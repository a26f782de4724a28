import type { NextRequest } from "next/server.js";
import { plainReceipt, suiteOrder } from "../../scenario.ts";
import { tracker } from "../../tracker.ts";

async function confirm(orderNumber: string) {
  "use cache";
  return plainReceipt(await tracker.trackOrder(suiteOrder(orderNumber)));
}

export async function GET(request: NextRequest): Promise<Response> {
  return Response.json(await confirm(request.nextUrl.searchParams.get("order") ?? ""));
}
