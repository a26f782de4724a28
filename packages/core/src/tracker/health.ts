import type { AvantLinkError, ErrorCode } from "../errors.ts";
import type { Config } from "../options/config.ts";
import type { OutboxTotals } from "../outbox/outbox.ts";
import type { Report } from "../reporting/report.ts";
import type { Health } from "./tracker.ts";
import { within } from "./wait.ts";

// Upper bound for health(), so that a hanging store cannot block it.
const MAX_TOTALS_MS = 1_000;

/** What a tracker remembers of its last success and failure. */
export interface HealthRecord {
  /** An order was delivered. `proof`: through the outbox, so that an earlier failure is over. */
  delivered(options: { readonly endsFailure: boolean }): void;
  /** Something failed, and an event of the order's own says so. */
  failed(error: AvantLinkError): void;
  /** Something failed, and no other event says so. */
  problem(error: AvantLinkError): void;
  read(totals: Promise<OutboxTotals>): Promise<Health>;
}

export function createHealth(
  { mode, outbox, runtime }: Pick<Config, "mode" | "outbox" | "runtime">,
  report: Report,
): HealthRecord {
  let lastDeliveredAt: number | undefined;
  let lastFailure: { readonly code: ErrorCode; readonly at: number } | undefined;

  function failed({ code }: AvantLinkError): void {
    lastFailure = { code, at: runtime.now() };
  }

  return {
    delivered({ endsFailure }) {
      lastDeliveredAt = runtime.now();
      if (endsFailure) lastFailure = undefined;
    },
    failed,
    problem(error) {
      failed(error);
      report({ type: "problem", error });
    },
    async read(asked) {
      const answered = await within(asked, MAX_TOTALS_MS, runtime).catch(() => "late" as const);
      const totals = answered === "late" ? undefined : answered.value;
      const oldest = totals?.oldestPendingAt;
      return {
        ok: totals !== undefined && lastFailure === undefined,
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
