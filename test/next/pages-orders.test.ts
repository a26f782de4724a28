import { createTracker } from "@avantlink-s2s/core";
import type { GetServerSidePropsContext } from "next";
import { expect, test } from "vitest";
import { type PageData, trackOrders } from "../../packages/next/src/pages/track-orders.ts";
import { eventLog } from "../support/events.ts";
import { anOrder, MERCHANT_ID } from "../support/orders.ts";

const context = {
  req: { method: "GET", url: "/thank-you", headers: {} },
  res: { statusCode: 200 },
} as GetServerSidePropsContext;

test("a forgotten resolveOrder fails at start, as in every adapter", async () => {
  const tracker = createTracker({ merchantId: MERCHANT_ID, mode: "dry-run" });
  const handler = () => {};
  expect(() => trackOrders(tracker, undefined as never, handler)).toThrowError(/expects a function/);
  await tracker.close();
});

test.each<[string, () => unknown, number]>([
  ["returns nothing", () => undefined, 500],
  ["throws", () => Promise.reject(new Error("the order could not be read")), 500],
  ["redirects", () => ({ redirect: { destination: "/", permanent: false } }), 307],
])("a getServerSideProps that %s is Next's to answer, and that is an event", async (_, answer, status) => {
  const events = eventLog();
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: "http://127.0.0.1:9",
    onEvent: events.onEvent,
  });
  const bare: PageData<object> = async () => answer() as never;
  const page = trackOrders(tracker, () => anOrder(), bare);
  const outcome = (of: PageData<object>) => of(context).catch((thrown: unknown) => String(thrown));
  expect(await outcome(page)).toEqual(await outcome(bare));
  expect(events.all).toMatchObject([{ type: "skipped", reason: "not-confirmed", status }]);
  await tracker.close();
});
