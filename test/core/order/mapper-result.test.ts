import { createTracker, type SkippedOrder, skip, type TrackableOrder } from "@avantlink-s2s/core";
import { describe, expect, test } from "vitest";
import { eventLog } from "../../support/events.ts";
import { MERCHANT_ID } from "../../support/orders.ts";

describe("an order that the shop skips", () => {
  const track = async (order: TrackableOrder) => {
    const events = eventLog();
    const tracker = createTracker({
      merchantId: MERCHANT_ID,
      endpoint: "http://127.0.0.1:9",
      onEvent: events.onEvent,
    });
    const receipt = await tracker.trackOrder(order);
    await tracker.close();
    return { receipt, events };
  };

  test("has a receipt and an event with the shop's reason and number", async () => {
    const { receipt, events } = await track(skip("wholesale", "W-17"));
    const expected = { reason: "wholesale", orderNumber: "W-17", findings: [] };
    expect(receipt).toEqual({ status: "skipped", shouldRetry: false, ...expected });
    expect(events.of("skipped")).toEqual([{ type: "skipped", kind: "order", ...expected }]);
  });

  test.each<[unknown, string]>([
    [` won by\nanother network `, "won by another network"],
    ["staff jane@doe.com", "staff"],
    ["x".repeat(1000), "x".repeat(100)],
    ["", "skipped"],
    [undefined, "skipped"],
    [{}, "skipped"],
  ])("for the reason %j says %j", async (reason, said) => {
    expect((await track(skip(reason as string))).receipt).toMatchObject({ status: "skipped", reason: said });
    const byHand = { status: "skipped", reason } as SkippedOrder;
    expect((await track(byHand)).receipt).toMatchObject({ status: "skipped", reason: said });
  });
});
