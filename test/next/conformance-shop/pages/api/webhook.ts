import { unpackContext } from "@avantlink-s2s/next/pages";
import type { NextApiHandler } from "next";
import { tracker } from "../../pages-tracker.ts";
import { plainReceipt, suiteOrder } from "../../scenario.ts";

const webhook: NextApiHandler = async (request, response) => {
  const { orderNumber, metadata } = request.body;
  const wait = { waitForDeliveryMs: 3_000 };
  const order = suiteOrder(orderNumber);
  response.json(plainReceipt(await tracker.trackOrder(order, unpackContext(metadata), wait)));
};
export default webhook;
