import type { NextApiHandler } from "next";
import { tracker } from "../../pages-tracker.ts";
import { plainReceipt, resolveNow } from "../../scenario.ts";
import { queryOf } from "./plain.ts";

const track: NextApiHandler = async (request, response) => {
  const wait = { waitForDeliveryMs: Number(queryOf(request).get("wait")) || undefined };
  response.json(plainReceipt(await tracker.trackOrder(await resolveNow(queryOf(request)), request, wait)));
};
export default track;
