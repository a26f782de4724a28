import { createTracker, memoryOutbox, type TrackableOrder } from "@avantlink-s2s/core";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, describe, expect, test } from "vitest";
import { eventLog } from "../../support/events.ts";
import { anOrder, MERCHANT_ID } from "../../support/orders.ts";

const sandbox = await startSandbox();
afterAll(() => sandbox.close());

/** What a mapper in plain JavaScript answered. */
const answered = (result: object) => result as TrackableOrder;

describe("a mapper of the shop's own", () => {
  test("may leave out its findings", async () => {
    const tracker = createTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url, onEvent() {} });
    const receipt = await tracker.trackOrder(answered({ status: "mapped", order: anOrder() }));
    expect(receipt).toMatchObject({ status: "accepted" });
    await tracker.close();
  });

  test.each<[string, object]>([
    [
      "quotes a shopper",
      { issues: [{ path: "lines[0]", message: "is missing in the order of jane@shop.example" }] },
    ],
    ["names no issue", {}],
  ])("that %s cannot leak the shopper, and its order is kept as a dead letter", async (_, fields) => {
    const events = eventLog();
    const outbox = memoryOutbox();
    const tracker = createTracker({
      merchantId: MERCHANT_ID,
      endpoint: sandbox.url,
      outbox,
      onEvent: events.onEvent,
    });
    const receipt = await tracker.trackOrder(
      answered({ status: "unmappable", orderNumber: "1001", ...fields }),
    );
    expect(receipt).toMatchObject({ status: "rejected", error: { code: "order.unmappable" } });
    const kept = [...events.of("rejected").map(({ error }) => error), ...(await outbox.dead.list())];
    expect(kept).toHaveLength(2);
    expect(JSON.stringify(kept.map((each) => [each, String(each)]))).not.toContain("jane");
    await tracker.close();
  });

  test.each(["unpaid", "test", "renewal"] as const)(
    "that answers %s says why, without the shopper that it quotes",
    async (status) => {
      const events = eventLog();
      const tracker = createTracker({
        merchantId: MERCHANT_ID,
        endpoint: sandbox.url,
        onEvent: events.onEvent,
      });
      const issues = [
        { path: "payment", message: "of jane@shop.example is open. If the order is paid, give isPaid" },
        null,
      ];
      const receipt = await tracker.trackOrder(answered({ status, orderNumber: "1001", issues }));
      expect(receipt).toMatchObject({
        status: "skipped",
        reason: status,
        findings: [
          {
            code: "mapper.skipped",
            path: "payment",
            message: "of  is open. If the order is paid, give isPaid",
          },
          { code: "mapper.skipped" },
        ],
      });
      expect(events.of("skipped")).toMatchObject([{ findings: receipt.findings }]);
      expect(await tracker.trackOrder(answered({ status, issues: "x" }))).toMatchObject({
        status: "skipped",
        findings: [],
      });
      await tracker.close();
    },
  );
});
