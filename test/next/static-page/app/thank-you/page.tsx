import { createTracker } from "@avantlink-s2s/next";
import { suiteOrder } from "../../scenario.ts";

export const dynamic = "force-static";

const tracker = createTracker();

export default async function ThankYou() {
  const receipt = await tracker.trackOrder(suiteOrder("S-static"));
  return <p>{receipt.status}</p>;
}
