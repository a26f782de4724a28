import { trackOrders } from "@avantlink-s2s/next";
import { page } from "../../pages-of.ts";
import { resolveNow } from "../../scenario.ts";
import { tracker } from "../../tracker.ts";

const confirm = trackOrders(
  tracker,
  async (request) => resolveNow(request.nextUrl.searchParams, await request.text()),
  page,
);

export { confirm as GET, confirm as POST };
