import { trackOrder, unpackContext } from "@avantlink-s2s/next/pages";
import type { NextApiHandler } from "next";
import { plainReceipt, suiteOrder } from "../../scenario.ts";
import { tracker } from "../../tracker.ts";

const webhook: NextApiHandler = async (request, response) => {
  const { orderNumber, metadata } = request.body;
  const wait = { waitForDeliveryMs: 3_000 };
  const order = suiteOrder(orderNumber);
  response.json(plainReceipt(await trackOrder(tracker, order, unpackContext(metadata), wait)));
};
export default webhook;
