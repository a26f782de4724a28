import { trackOrders } from "@avantlink-s2s/web/astro";
import type { APIContext } from "astro";
import { resolveNow } from "../../suite/shop.ts";
import { page } from "../lib/page.ts";
import { tracker } from "../lib/tracker.ts";

export const ALL = trackOrders(
  tracker,
  ({ url, locals }: APIContext) => resolveNow(url.searchParams, Reflect.get(locals, "posted")),
  page,
);
