import { trackOrder } from "@avantlink-s2s/next/pages";
import type { NextApiHandler } from "next";
import { plainReceipt, resolveNow } from "../../scenario.ts";
import { tracker } from "../../tracker.ts";
import { queryOf } from "./plain.ts";

const track: NextApiHandler = async (request, response) => {
  const wait = { waitForDeliveryMs: Number(queryOf(request).get("wait")) || undefined };
  response.json(plainReceipt(await trackOrder(tracker, await resolveNow(queryOf(request)), request, wait)));
};
export default track;
