import { trackOrders } from "@avantlink-s2s/next";
import { suiteOrder } from "../../../../../scenario.ts";
import { tracker } from "../../../../../tracker.ts";

export const dynamic = "force-dynamic";
export const generateStaticParams = () => [];

export const GET = trackOrders(
  tracker,
  (request) => suiteOrder(request.nextUrl.pathname.split("/").at(-1) ?? ""),
  () => new Response("thank you"),
);
