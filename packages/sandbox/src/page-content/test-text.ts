import { isObject, textAt, valueAt } from "../checks/body-values.ts";
import type { Endpoint } from "../contract.ts";
import type { TrackingRecord } from "../records.ts";

/** A test that expects what was taken here, apart from what differs from one run to the next. */
export function testText(endpoint: Endpoint, { body }: TrackingRecord): string {
  const expected = endpoint === "order" ? { order: orderIn(body) } : clickIn(body);
  const [list, waitFor] = endpoint === "order" ? ["order", "waitForOrders"] : ["click", "waitForClicks"];
  return `import { startSandbox } from "@avantlink-s2s/sandbox";
import { expect, it } from "vitest";

it("sends this ${list} to AvantLink", async () => {
  const sandbox = await startSandbox();
  // Start the shop with the endpoint sandbox.url, and do here what a shopper does.
  const [${list}] = await sandbox.${waitFor}(1);
  expect(${list}?.body).toMatchObject(${JSON.stringify(expected, null, 2).replaceAll("\n", "\n  ")});
  expect(${list}?.findings).toEqual([]);
  await sandbox.close();
});
`;
}

function orderIn(body: unknown): unknown {
  const order = valueAt(body, "order");
  if (!isObject(order)) return order;
  const { order_number: _, ...rest } = order;
  return rest;
}

function clickIn(body: unknown): object {
  return {
    tracking_ids: { avantlink_avad: textAt(body, "tracking_ids", "avantlink_avad") },
    current_url: textAt(body, "current_url"),
  };
}
