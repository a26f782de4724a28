// A shop on Workers: what a request began ends with it, so each has a tracker of its own.
import { postgresOutbox } from "@avantlink-s2s/outbox/postgres";
import { createTracker } from "@avantlink-s2s/web";
import { MERCHANT_ID, plainReceipt, suiteOrder } from "../../conformance/shop.ts";
import { httpQuery } from "./http-query.ts";

interface Bindings {
  readonly ENDPOINT: string;
  readonly SQL_URL: string;
  readonly SCHEMA: string;
}

export default {
  async fetch(request: Request, { ENDPOINT, SQL_URL, SCHEMA }: Bindings): Promise<Response> {
    const tracker = createTracker({
      merchantId: MERCHANT_ID,
      endpoint: ENDPOINT,
      deliver: false,
      outbox: postgresOutbox({ query: httpQuery(SQL_URL), schema: SCHEMA }),
      onEvent: () => {},
    });
    const { pathname, searchParams } = new URL(request.url);
    // What a cron calls.
    if (pathname === "/deliver-due") return Response.json(await tracker.deliverDue({ timeoutMs: 5_000 }));
    const receipt = await tracker.trackOrder(suiteOrder(searchParams.get("order") ?? ""), request);
    return Response.json(plainReceipt(receipt));
  },
};
