import type { AvantLinkError, ErrorCode } from "../errors.ts";
import type { Config } from "../options/config.ts";
import type { OutboxTotals } from "../outbox/outbox.ts";
import type { Report } from "../reporting/report.ts";
import { within } from "../runtime.ts";
import type { Health } from "./tracker.ts";

// Upper bound for health(), so that a hanging store cannot block it.
const MAX_TOTALS_MS = 1_000;

/** What a tracker remembers of its last success and failure. */
export type HealthRecord = ReturnType<typeof createHealth>;

export function createHealth({ mode, outbox, runtime }: Config, report: Report) {
  let lastDeliveredAt: number | undefined;
  let lastFailure: { readonly code: ErrorCode; readonly at: number } | undefined;

  /** Something failed, and an event of the order's own says so. */
  function failed({ code }: AvantLinkError): void {
    lastFailure = { code, at: runtime.now() };
  }

  return {
    failed,
    /** An order was delivered. `endsFailure`: through the outbox, so that an earlier failure is over. */
    delivered({ endsFailure }: { readonly endsFailure: boolean }): void {
      lastDeliveredAt = runtime.now();
      if (endsFailure) lastFailure = undefined;
    },
    /** Something failed, and no other event says so. */
    problem(error: AvantLinkError): void {
      failed(error);
      report({ type: "problem", error });
    },
    async read(asked: Promise<OutboxTotals | undefined>): Promise<Health> {
      const answered = await within(asked, MAX_TOTALS_MS, runtime).catch(() => "late" as const);
      const totals = answered === "late" ? undefined : answered.value;
      const oldest = totals?.oldestPendingAt;
      return {
        ok: answered !== "late" && lastFailure === undefined,
        mode,
        outbox: { name: outbox.name, durable: outbox.durable },
        totals,
        oldestPendingMs: oldest === undefined ? undefined : Math.max(0, runtime.now() - oldest),
        lastDeliveredAt,
        lastFailure,
      };
    },
  };
}
