import { denialIn } from "../context/consent.ts";
import type { TrackingContext } from "../context/context.ts";
import type { DeliveryWaits } from "../delivery/delivery-waits.ts";
import { AvantLinkError, outboxError } from "../errors.ts";
import type { Config } from "../options/config.ts";
import { hasTrackingId, toClickPayload } from "../order/payload.ts";
import { stateOf } from "../outbox/outbox.ts";
import type { Report } from "../reporting/report.ts";
import { reported } from "./accept-order.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { Receipt } from "./receipt.ts";
import type { WaitOptions } from "./tracker.ts";

const CLICK = { orderNumber: "", findings: [], shouldRetry: false } as const;

/** Takes a click into memory, from where it is sent once. */
export function createAcceptClick(
  config: Config,
  report: Report,
  lifecycle: Lifecycle,
  waits: DeliveryWaits,
): (context: TrackingContext | AvantLinkError, options: WaitOptions) => Promise<Receipt> {
  const { outbox, runtime } = config;
  const { clicks } = lifecycle;
  const end = (receipt: Receipt) => reported(report, "click", receipt);

  async function send(context: TrackingContext, waitMs: number): Promise<Receipt> {
    const payload = toClickPayload(context, config);
    const [key, body] = [runtime.uuid(), JSON.stringify(payload)];
    try {
      if (lifecycle.closed) throw new AvantLinkError("tracker.closed");
      if (!hasTrackingId(payload))
        throw new AvantLinkError("click.lost", { detail: "It has no token and no ID." });
      // The first use of any kind begins delivering what a durable outbox holds; a click does not wait for that.
      if (outbox.durable) void lifecycle.ready().catch(() => {});
      await lifecycle.readyForClicks();
      await clicks.put({ key, kind: "click", orderNumber: "", body, acceptedAt: runtime.now() });
    } catch (cause) {
      const failed = outboxError(cause);
      const detail = "Too many clicks are waiting for AvantLink.";
      const error = failed.code === "outbox.full" ? new AvantLinkError("click.lost", { detail }) : failed;
      return end({ status: "rejected", ...CLICK, error });
    }
    const receipt = end({ status: "accepted", ...CLICK });
    if (waitMs <= 0) return receipt;
    const { state, error } = await waits.wait(key, waitMs, async () => stateOf(await clicks.find(key)));
    if (state === "dead" && error) return { status: "rejected", ...CLICK, error };
    return state === "delivered" ? { status: "delivered", ...CLICK } : receipt;
  }

  return async (context, { waitForDeliveryMs = 0 }) => {
    if (context instanceof AvantLinkError) return end({ status: "rejected", ...CLICK, error: context });
    const reason = denialIn(context, config) ?? (config.mode === "live" ? undefined : config.mode);
    if (reason) return end({ status: "skipped", reason, ...CLICK });
    return send(context, waitForDeliveryMs);
  };
}
