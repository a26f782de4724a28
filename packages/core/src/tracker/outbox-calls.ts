import { type AvantLinkError, outboxError } from "../errors.ts";
import { orderKey } from "../order/order-key.ts";
import type { DeliverDueResult, ForgetResult } from "../outbox/outbox.ts";
import type { Parts } from "./parts.ts";
import type { ForgetReport, Tracker } from "./tracker.ts";

const DEFAULT_DELIVER_DUE_MS = 5_000;
const STAY_ALIVE_MS = 60_000;
const NO_DELIVERIES: DeliverDueResult = { delivered: 0, retrying: 0, dead: 0, timedOut: false };
const UNKNOWN: ForgetResult = { status: "unknown" };

/** The tracker's calls that a person or a cron job makes, not a page. A failure of the outbox is their result. */
export function createOutboxCalls({
  config,
  lifecycle,
  direct,
  health,
}: Parts): Pick<Tracker, "deliverDue" | "forget"> {
  const { outbox, concurrency } = config;

  async function orFailure<T>(work: () => Promise<T>, failed: (error: AvantLinkError) => T): Promise<T> {
    const release = stayAlive();
    try {
      await lifecycle.ready();
      return await work();
    } catch (cause) {
      const error = outboxError(cause);
      health.problem(error);
      return failed(error);
    } finally {
      release();
    }
  }

  /** A caller waits. Without a connection or a timer that holds it, a script would end in the middle of the call. */
  function stayAlive(): () => void {
    let cancel = config.runtime.after(STAY_ALIVE_MS, renew, { keepAlive: true });
    function renew(): void {
      cancel = config.runtime.after(STAY_ALIVE_MS, renew, { keepAlive: true });
    }
    return () => cancel();
  }

  return {
    deliverDue: ({ timeoutMs = DEFAULT_DELIVER_DUE_MS } = {}) =>
      orFailure(
        async () =>
          config.mode === "live"
            ? outbox.deliverDue(direct.deliver, { concurrency, timeoutMs })
            : NO_DELIVERIES,
        (error) => ({ ...NO_DELIVERIES, error }),
      ),
    forget: (orderNumber) =>
      orFailure<ForgetReport>(
        async () =>
          config.mode === "live" ? outbox.forget(orderKey(config.merchantId, orderNumber)) : UNKNOWN,
        (error) => ({ status: "failed", error }),
      ),
  };
}
