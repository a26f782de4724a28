import { unpackContext } from "@avantlink-s2s/web/react-router";
import type { ActionFunctionArgs } from "react-router";
import { plainReceipt, suiteOrder } from "../../suite/shop.ts";
import { tracker } from "../tracker.server.ts";

export async function action({ request }: ActionFunctionArgs): Promise<Response> {
  const { orderNumber, metadata } = await request.json();
  const wait = { waitForDeliveryMs: 3_000 };
  const receipt = await tracker.trackOrder(suiteOrder(orderNumber), unpackContext(metadata), wait);
  return Response.json(plainReceipt(receipt));
}
