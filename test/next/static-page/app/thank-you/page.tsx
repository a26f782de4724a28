import { createTracker, trackOrder } from "@avantlink-s2s/next";
import { suiteOrder } from "../../scenario.ts";

export const dynamic = "force-static";

const tracker = createTracker();

export default async function ThankYou() {
  const receipt = await trackOrder(tracker, suiteOrder("S-static"));
  return <p>{receipt.status}</p>;
}
