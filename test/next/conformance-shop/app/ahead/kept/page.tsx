import { trackOrder } from "@avantlink-s2s/next";
import { plainReceipt, suiteOrder } from "../../../scenario.ts";
import { tracker } from "../../../tracker.ts";

/** Nothing here but our call depends on a request. */
export default async function Kept() {
  const receipt = plainReceipt(await trackOrder(tracker, suiteOrder("KEPT-page"), { avad: "77_f3" }));
  return <output>{JSON.stringify(receipt)}</output>;
}
