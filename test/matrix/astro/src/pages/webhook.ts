import { unpackContext } from "@avantlink-s2s/web/astro";
import type { APIContext } from "astro";
import { plainReceipt, suiteOrder } from "../../suite/shop.ts";
import { tracker } from "../lib/tracker.ts";

export async function POST({ request }: APIContext): Promise<Response> {
  const { orderNumber, metadata } = await request.json();
  const wait = { waitForDeliveryMs: 3_000 };
  const receipt = await tracker.trackOrder(suiteOrder(orderNumber), unpackContext(metadata), wait);
  return Response.json(plainReceipt(receipt));
}
