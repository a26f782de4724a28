import type { DirectDelivery } from "../delivery/deliver-directly.ts";
import { type AvantLinkError, outboxError } from "../errors.ts";
import type { Config } from "../options/config.ts";
import { orderKey } from "../order/order-key.ts";
import type { DeliverDueResult, ForgetResult } from "../outbox/outbox.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { ForgetReport, Tracker } from "./tracker.ts";

const DELIVER_DUE_MS = 5_000;
const NONE: DeliverDueResult = { delivered: 0, retrying: 0, dead: 0, timedOut: false };
const UNKNOWN: ForgetResult = { status: "unknown" };

/** What the calls take. */
export interface OutboxCallParts {
  readonly config: Config;
  readonly lifecycle: Pick<Lifecycle, "ready">;
  readonly direct: DirectDelivery;
  readonly problem: (error: AvantLinkError) => void;
}

/** The tracker's calls that a person or a cron job makes, not a page. A failure of the outbox is their result. */
export function createOutboxCalls({
  config,
  lifecycle,
  direct,
  problem,
}: OutboxCallParts): Pick<Tracker, "deliverDue" | "forget"> {
  const { outbox, concurrency } = config;

  async function orFailure<T>(work: () => Promise<T>, failed: (error: AvantLinkError) => T): Promise<T> {
    try {
      await lifecycle.ready();
      return await work();
    } catch (cause) {
      const error = outboxError(cause);
      problem(error);
      return failed(error);
    }
  }

  return {
    deliverDue: ({ timeoutMs = DELIVER_DUE_MS } = {}) =>
      orFailure(
        async () =>
          config.mode === "live" ? outbox.deliverDue(direct.deliver, { concurrency, timeoutMs }) : NONE,
        (error) => ({ ...NONE, error }),
      ),
    forget: (orderNumber) =>
      orFailure<ForgetReport>(
        async () =>
          config.mode === "live" ? outbox.forget(orderKey(config.merchantId, orderNumber)) : UNKNOWN,
        (error) => ({ status: "failed", error }),
      ),
  };
}
