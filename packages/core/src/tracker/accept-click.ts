import { denialIn } from "../context/consent.ts";
import type { TrackingContext } from "../context/context.ts";
import { AvantLinkError, outboxError } from "../errors.ts";
import { hasTrackingId, toClickPayload } from "../order/payload.ts";
import { stateOf } from "../outbox/outbox.ts";
import type { SkipReason } from "../reporting/skip-reasons.ts";
import type { Parts } from "./parts.ts";
import type { Receipt } from "./receipt.ts";
import type { WaitOptions } from "./tracker.ts";

const CLICK = { kind: "click", orderNumber: "", findings: [] } as const;
const CLICK_RECEIPT = { orderNumber: "", findings: [], shouldRetry: false } as const;

/** Takes a click into memory, from where it is sent once. */
export type AcceptClick = (context: TrackingContext, options: WaitOptions) => Promise<Receipt>;

export function createAcceptClick({ config, clicks, lifecycle, waits, report }: Parts): AcceptClick {
  const { outbox, runtime } = config;

  async function acceptClick(context: TrackingContext, options: WaitOptions): Promise<Receipt> {
    const denial = denialIn(context, config);
    if (denial) return skip(denial);
    return config.mode === "live" ? send(context, options) : skip(config.mode);
  }

  async function send(context: TrackingContext, { waitForDeliveryMs = 0 }: WaitOptions): Promise<Receipt> {
    const payload = toClickPayload(context, config);
    const job = {
      key: runtime.uuid(),
      kind: "click",
      orderNumber: "",
      body: JSON.stringify(payload),
      acceptedAt: runtime.now(),
    } as const;
    try {
      if (lifecycle.closed) throw new AvantLinkError("tracker.closed");
      if (!hasTrackingId(payload))
        throw new AvantLinkError("click.lost", { detail: "It has no token and no ID." });
      // The first use of any kind begins delivering what a durable outbox holds; a click does not wait for that.
      if (outbox.durable) void lifecycle.ready().catch(() => {});
      await lifecycle.readyForClicks();
      await clicks.put(job);
    } catch (cause) {
      const { code } = outboxError(cause);
      const error =
        cause instanceof AvantLinkError && code !== "outbox.full"
          ? cause
          : new AvantLinkError("click.lost", { detail: "Too many clicks are waiting for AvantLink." });
      report({ type: "rejected", ...CLICK, error });
      return { status: "rejected", ...CLICK_RECEIPT, error };
    }
    report({ type: "accepted", ...CLICK });
    if (waitForDeliveryMs <= 0) return { status: "accepted", ...CLICK_RECEIPT };
    const { state, error } = await waits.wait(job.key, waitForDeliveryMs, async () =>
      stateOf(await clicks.find(job.key)),
    );
    if (state === "dead" && error) return { status: "rejected", ...CLICK_RECEIPT, error };
    return { status: state === "delivered" ? "delivered" : "accepted", ...CLICK_RECEIPT };
  }

  function skip(reason: SkipReason): Receipt {
    report({ type: "skipped", ...CLICK, reason });
    return { status: "skipped", reason, ...CLICK_RECEIPT };
  }

  return acceptClick;
}
