import { trackOrders } from "@avantlink-s2s/next";
import { suiteOrder } from "../../scenario.ts";
import { tracker } from "../../tracker.ts";

// Reads nothing of the request, so that Next would run it ahead if it were not wrapped.
export const GET = trackOrders(
  tracker,
  () => suiteOrder("CC-handler"),
  () => new Response("thank you"),
);
