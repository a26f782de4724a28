import { itemsIn } from "storefront/pricing.ts";
import { currentCart } from "../../../lib/visitor.ts";

export async function GET(): Promise<Response> {
  const headers = { "Cache-Control": "private, no-store" };
  return Response.json(itemsIn(await currentCart()), { headers });
}
