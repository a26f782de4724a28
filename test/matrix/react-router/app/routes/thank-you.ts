import { trackOrders } from "@avantlink-s2s/web/react-router";
import type { LoaderFunctionArgs } from "react-router";
import { resolveNow } from "../../suite/shop.ts";
import { postedIn } from "../page.server.ts";
import { tracker } from "../tracker.server.ts";

export const middleware = [
  trackOrders(tracker, ({ request, context }: LoaderFunctionArgs) =>
    resolveNow(new URL(request.url).searchParams, postedIn(context)),
  ),
];
export { page as action, page as loader } from "../page.server.ts";
