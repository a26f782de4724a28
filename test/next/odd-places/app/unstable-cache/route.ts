import { unstable_cache } from "next/cache.js";
import type { NextRequest } from "next/server.js";
import { plainReceipt, suiteOrder } from "../../scenario.ts";
import { tracker } from "../../tracker.ts";

const confirm = unstable_cache(async (orderNumber: string) => ({
  receipt: plainReceipt(await tracker.trackOrder(suiteOrder(orderNumber))),
  context: await tracker.contextOf(),
}));

export async function GET(request: NextRequest): Promise<Response> {
  return Response.json(await confirm(request.nextUrl.searchParams.get("order") ?? ""));
}
