import { plainReceipt, suiteOrder } from "../../../scenario.ts";
import { tracker } from "../../../tracker.ts";

/** Nothing here but our call depends on a request. */
export default async function Kept() {
  const receipt = plainReceipt(await tracker.trackOrder(suiteOrder("KEPT-page"), { avad: "77_f3" }));
  return <output>{JSON.stringify(receipt)}</output>;
}
