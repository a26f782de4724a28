import { unpackContext } from "@avantlink-s2s/next";
import { plainReceipt, suiteOrder } from "../../scenario.ts";
import { tracker } from "../../tracker.ts";

export async function POST(request: Request): Promise<Response> {
  const { orderNumber, metadata } = JSON.parse(await request.text());
  const wait = { waitForDeliveryMs: 3_000 };
  const order = suiteOrder(orderNumber);
  return Response.json(plainReceipt(await tracker.trackOrder(order, unpackContext(metadata), wait)));
}
