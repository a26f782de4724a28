import { unpackContext } from "@avantlink-s2s/web/sveltekit";
import { json, type RequestEvent } from "@sveltejs/kit";
import { plainReceipt, suiteOrder } from "../../../suite/shop.ts";
import { tracker } from "../../lib/tracker.ts";

export async function POST({ request }: RequestEvent): Promise<Response> {
  const { orderNumber, metadata } = await request.json();
  const wait = { waitForDeliveryMs: 3_000 };
  return json(plainReceipt(await tracker.trackOrder(suiteOrder(orderNumber), unpackContext(metadata), wait)));
}
