import {
  createTracker as createCoreTracker,
  type SkipReason,
  type TrackerOptions,
  type TrackingEvent,
} from "@avantlink-s2s/core";
import { createTracker, trackClicks, trackOrders } from "@avantlink-s2s/express";
import express from "express";
import request from "supertest";
import { afterAll, expect, test } from "vitest";
import { fetchTransport } from "../../packages/core/src/delivery/fetch-transport.ts";
import { trackerFactory } from "../../packages/core/src/tracker/create-tracker.ts";
import { eventLog } from "../support/events.ts";
import { anOrder, MERCHANT_ID } from "../support/orders.ts";

const BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
const closing: (() => Promise<unknown>)[] = [];
afterAll(() => Promise.all(closing.map((close) => close())));

type OnEvent = (event: TrackingEvent) => void;
const options = (onEvent: OnEvent): TrackerOptions => ({
  merchantId: MERCHANT_ID,
  endpoint: "http://127.0.0.1:9",
  onEvent,
});

/** A tracker's call. */
const order = (given: unknown, context?: object, more?: TrackerOptions) => async (onEvent: OnEvent) => {
  const tracker = createCoreTracker({ ...options(onEvent), ...more });
  closing.push(() => tracker.close({ timeoutMs: 0 }));
  await tracker.trackOrder(given as undefined, context);
};

/** A page of a shop. */
const page = (method: "get" | "put" | "head", path: string, userAgent = BROWSER) => {
  return async (onEvent: OnEvent) => {
    const tracker = createTracker(options(onEvent));
    closing.push(() => tracker.close({ timeoutMs: 0 }));
    const app = express();
    app.use(trackClicks(tracker));
    app.use(trackOrders(tracker, () => undefined));
    app.all("/page", (_, res) => void res.send("page"));
    await request(app)[method](path).set("User-Agent", userAgent).set("Accept", "text/html");
  };
};

/** How each reason comes about. The type holds this list complete. */
const WAYS: Readonly<Record<SkipReason, (onEvent: OnEvent) => Promise<void>>> = {
  consent: order(anOrder(), { consent: "denied" }),
  "privacy-signal": order(anOrder(), { gpc: true }),
  "dry-run": order(anOrder(), {}, { mode: "dry-run" }),
  "no-order": order(undefined),
  "not-confirmed": page("get", "/elsewhere"),
  method: page("put", "/page"),
  head: page("head", "/page"),
  unpaid: order({ status: "unpaid", orderNumber: "1001" }),
  test: order({ status: "test", orderNumber: "1001" }),
  renewal: order({ status: "renewal", orderNumber: "1001" }),
  "not-a-visit": page("head", "/page?avad=77_f3afbe121"),
  crawler: page("get", "/page?avad=77_f3afbe121", "Googlebot/2.1"),
  "token-too-long": page("get", `/page?avad=${"x".repeat(300)}`),
  build: async (onEvent) => {
    const platform = {
      openTransport: fetchTransport,
      environment: () => ({ NEXT_PHASE: "phase-production-build" }),
    };
    await trackerFactory(platform)(options(onEvent)).trackOrder(anOrder());
  },
};

test.each(Object.entries(WAYS))(
  "%s: what is not sent leaves one event with this reason",
  async (reason, way) => {
    const events = eventLog();
    await way(events.onEvent);
    await events.until(() => events.of("skipped").some((event) => event.reason === reason));
    expect(events.of("skipped").filter((event) => event.reason === reason)).toHaveLength(1);
  },
);

test("a reason of the shop's own is in the event as the shop wrote it", async () => {
  const events = eventLog();
  await order({ status: "skipped", reason: "wholesale" })(events.onEvent);
  expect(events.of("skipped")).toMatchObject([{ reason: "wholesale" }]);
});
