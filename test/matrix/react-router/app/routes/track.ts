import type { LoaderFunctionArgs } from "react-router";
import { plainReceipt, resolveNow } from "../../suite/shop.ts";
import { tracker } from "../tracker.server.ts";

export async function loader(args: LoaderFunctionArgs): Promise<Response> {
  const query = new URL(args.request.url).searchParams;
  const wait = { waitForDeliveryMs: Number(query.get("wait")) || undefined };
  return Response.json(plainReceipt(await tracker.trackOrder(await resolveNow(query), args, wait)));
}
