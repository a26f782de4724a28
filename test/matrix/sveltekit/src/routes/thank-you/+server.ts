import { trackOrders } from "@avantlink-s2s/web/sveltekit";
import type { RequestEvent } from "@sveltejs/kit";
import { resolveNow } from "../../../suite/shop.ts";
import { page } from "../../lib/page.ts";
import { tracker } from "../../lib/tracker.ts";

const confirm = trackOrders(
  tracker,
  ({ url, locals }: RequestEvent) => resolveNow(url.searchParams, Reflect.get(locals, "posted")),
  page,
);

export { confirm as GET, confirm as POST };
