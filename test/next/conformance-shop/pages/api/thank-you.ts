import { trackOrders } from "@avantlink-s2s/next/pages";
import { tracker } from "../../pages-tracker.ts";
import { resolveNow } from "../../scenario.ts";
import page, { posted, queryOf } from "./plain.ts";

export default trackOrders(tracker, (request) => resolveNow(queryOf(request), posted(request)), page);
