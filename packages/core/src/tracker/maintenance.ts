import type { Delivery } from "../delivery/deliver.ts";
import { AvantLinkError, outboxError } from "../errors.ts";
import type { Config } from "../options/config.ts";
import { orderKey, wireOrderNumber } from "../order/order-key.ts";
import type { HealthRecord } from "./health.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { ForgetReport, Tracker } from "./tracker.ts";

const DEFAULT_DELIVER_DUE_MS = 5_000;
const MAX_CALL_MS = 86_400_000;
const NO_MERCHANT = { path: "merchantId", message: "is missing" };
const NO_DELIVERIES = { delivered: 0, retrying: 0, dead: 0, timedOut: false };

/** The tracker's calls that a person or a cron job makes, not a page. A failure of the outbox is their result. */
export function createMaintenance(
  { mode, reason, merchantId, outbox, concurrency, runtime }: Config,
  lifecycle: Lifecycle,
  health: HealthRecord,
  { deliver }: Delivery,
): Pick<Tracker, "deliverDue" | "forget"> {
  async function orFailure<T>(work: () => Promise<T>, failed: (error: AvantLinkError) => T): Promise<T> {
    // A caller waits. Without a connection or a timer that holds it, a script would end in the middle of the call.
    const release = runtime.after(MAX_CALL_MS, () => {}, { keepAlive: true });
    try {
      return await work();
    } catch (cause) {
      const error = outboxError(cause);
      health.problem(error);
      return failed(error);
    } finally {
      release();
    }
  }

  return {
    async deliverDue({ timeoutMs = DEFAULT_DELIVER_DUE_MS } = {}) {
      if (mode !== "live") {
        const detail = `The reason: ${reason}.`;
        return { ...NO_DELIVERIES, error: new AvantLinkError("tracker.dry-run", { detail }) };
      }
      return orFailure(
        async () => {
          await lifecycle.ready();
          return outbox.deliverDue(deliver, { concurrency, timeoutMs });
        },
        (error) => ({ ...NO_DELIVERIES, error }),
      );
    },
    forget: (orderNumber) =>
      orFailure<ForgetReport>(
        async () => {
          // Orders are kept by merchant: without one, no answer would be true.
          if (merchantId === "") throw new AvantLinkError("config.invalid", { issues: [NO_MERCHANT] });
          await lifecycle.readyInAnyMode();
          return outbox.forget(orderKey(merchantId, wireOrderNumber(orderNumber)));
        },
        (error) => ({ status: "failed", error }),
      ),
  };
}
