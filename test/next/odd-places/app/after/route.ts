import { after, type NextRequest } from "next/server.js";
import { suiteOrder } from "../../scenario.ts";
import { tracker } from "../../tracker.ts";

export function GET(request: NextRequest): Response {
  const order = suiteOrder(request.nextUrl.searchParams.get("order") ?? "");
  after(() => tracker.trackOrder(order));
  return new Response("thank you");
}
