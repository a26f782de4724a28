import {
  createTracker,
  type Outbox,
  type OutboxWorker,
  type Tracker,
  type TrackingEvent,
} from "@avantlink-s2s/core";
import type { Merchant } from "../options/merchant-options.ts";

/** A delivery of the orders in an outbox that runs in this process. */
export interface Sending {
  readonly tracker: Tracker;
  /** Starts no further request, and resolves when the open ones are answered or timed out. The outbox stays open. */
  stop(): Promise<void>;
}

/** What is delivered, and for whom. */
export interface SendingOptions {
  readonly outbox: Outbox;
  readonly merchant: Merchant;
  readonly onEvent: (event: TrackingEvent) => void;
  /** Requests to AvantLink at a time. @default the tracker's own */
  readonly concurrency?: number;
}

/** Delivers what is due in an open outbox, whatever mode the environment implies: the user asked for it. */
export async function startSending({
  outbox,
  merchant,
  onEvent,
  concurrency,
}: SendingOptions): Promise<Sending> {
  let worker: OutboxWorker | undefined;
  const tracker = createTracker({
    merchantId: merchant.merchant,
    endpoint: merchant.endpoint,
    mode: "live",
    onEvent,
    concurrency,
    outbox: {
      ...outbox,
      async run(deliver, options) {
        worker = await outbox.run(deliver, options);
        return worker;
      },
      // Whoever opened the outbox reads it after the delivery, and closes it.
      async close() {},
    },
  });
  await tracker.start();
  return {
    tracker,
    async stop() {
      await worker?.stop();
      await tracker.close({ timeoutMs: 0 });
    },
  };
}
