import { createTracker, memoryOutbox, type Outbox } from "@avantlink-s2s/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { createTracker as createEdgeTracker } from "../../../packages/core/src/index.edge.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";

test("an order has one key, whether Node or the edge runtime took it in", async () => {
  const keysOf = (create: typeof createTracker) => {
    const keys: string[] = [];
    const inner = memoryOutbox();
    const outbox: Outbox = {
      ...inner,
      // Nothing of this goes anywhere.
      async run() {
        return { async stop() {} };
      },
      async put(...given) {
        keys.push(given[0].key);
        return inner.put(...given);
      },
    };
    const tracker = create({ merchantId: MERCHANT_ID, mode: "live", outbox, onEvent() {} });
    return async (orderNumber: string) => {
      await tracker.trackOrder(anOrder({ orderNumber }), aContext());
      return keys.at(-1);
    };
  };
  const [onNode, onEdge] = [keysOf(createTracker), keysOf(createEdgeTracker)];
  await fc.assert(
    fc.asyncProperty(fc.string({ minLength: 1, maxLength: 40, unit: "binary" }), async (orderNumber) => {
      expect(await onNode(orderNumber)).toBe(await onEdge(orderNumber));
    }),
    { numRuns: 50 },
  );
});
