import type { TrackingContext } from "../context/context.ts";
import { AvantLinkError } from "../errors.ts";
import type { Config } from "../options/config.ts";
import { hasTrackingId, toClickPayload } from "../order/payload.ts";
import { type Outbox, type OutboxJob, stateOf } from "../outbox/outbox.ts";
import type { SkipReason } from "../reporting/events.ts";
import type { Report } from "../reporting/report.ts";
import { consentRefusal } from "./decide.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { Receipt } from "./receipt.ts";
import type { WaitOptions } from "./tracker.ts";
import type { WaitingRoom } from "./wait.ts";

/** Takes clicks in, and says by a receipt what became of each. */
export interface ClickAcceptance {
  take(context: TrackingContext, asked: WaitOptions): Promise<Receipt>;
}

/** What accepting a click takes. */
export interface ClickAcceptanceParts {
  readonly config: Config;
  /** Where clicks wait: in memory, whatever keeps the orders. */
  readonly clicks: Outbox;
  readonly lifecycle: Lifecycle;
  readonly waitingRoom: WaitingRoom;
  readonly report: Report;
}

export function createClickAcceptance({
  config,
  clicks,
  lifecycle,
  waitingRoom,
  report,
}: ClickAcceptanceParts): ClickAcceptance {
  const { outbox, runtime } = config;

  async function accept(context: TrackingContext, asked: WaitOptions): Promise<Receipt> {
    const payload = toClickPayload(context, config);
    const about = { kind: "click", orderNumber: "" } as const;
    const job: OutboxJob = {
      key: runtime.uuid(),
      kind: "click",
      orderNumber: "",
      body: JSON.stringify(payload),
      acceptedAt: runtime.now(),
    };
    try {
      if (lifecycle.closed) throw new AvantLinkError("tracker.closed");
      if (!hasTrackingId(payload))
        throw new AvantLinkError("click.lost", { detail: "It has no token and no ID." });
      // The first use of any kind begins delivering what a durable outbox holds; a click does not wait for that.
      if (outbox.durable) void lifecycle.ready().catch(() => {});
      await lifecycle.readyForClicks();
      await clicks.put(job);
    } catch (cause) {
      const error = cause instanceof AvantLinkError ? cause : new AvantLinkError("click.lost", { cause });
      report({ type: "rejected", ...about, error, findings: [] });
      return { status: "rejected", orderNumber: "", findings: [], error };
    }
    report({ type: "accepted", ...about, findings: [] });
    const waitMs = asked.waitForDeliveryMs ?? 0;
    const { state, error } =
      waitMs > 0
        ? await waitingRoom.wait(job.key, waitMs, async () => stateOf(await clicks.find(job.key)))
        : { state: "pending", error: undefined };
    if (state === "dead" && error) return { status: "rejected", orderNumber: "", findings: [], error };
    return { status: state === "delivered" ? "delivered" : "accepted", orderNumber: "", findings: [] };
  }

  function skip(reason: SkipReason): Receipt {
    report({ type: "skipped", kind: "click", orderNumber: "", reason, findings: [] });
    return { status: "skipped", reason, orderNumber: "", findings: [] };
  }

  return {
    async take(context, asked) {
      const refusal = consentRefusal(context, config);
      if (refusal) return skip(refusal);
      return config.mode === "live" ? accept(context, asked) : skip(config.mode);
    },
  };
}
