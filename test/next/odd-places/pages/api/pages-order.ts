import type { NextApiHandler } from "next";
import { tracker } from "../../pages-tracker.ts";
import { plainReceipt, suiteOrder } from "../../scenario.ts";

const order: NextApiHandler = async (request, response) => {
  response.json(plainReceipt(await tracker.trackOrder(suiteOrder(String(request.query.order)), request)));
};
export default order;
