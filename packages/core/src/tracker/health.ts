import type { AvantLinkError, ErrorCode } from "../errors.ts";
import type { Config } from "../options/config.ts";
import type { OutboxTotals } from "../outbox/outbox.ts";
import type { Report } from "../reporting/report.ts";
import { within } from "../runtime.ts";
import type { Health } from "./tracker.ts";

// Upper bound for health(), so that a hanging store cannot block it.
const MAX_TOTALS_MS = 1_000;

// What an outbox only warns of: it works.
const WARNINGS: ReadonlySet<ErrorCode> = new Set(["outbox.at-risk", "outbox.no-thread"]);
// The outbox answers, but what is in it is not delivered.
const STALLED: ErrorCode = "outbox.stalled";

/** What a tracker remembers of its last success and failure. */
export type HealthRecord = ReturnType<typeof createHealth>;

export function createHealth({ mode, outbox, runtime, deliver }: Config, report: Report) {
  const last: { deliveredAt?: number; failure?: Health["lastFailure"] } = {};

  /** Something failed, and an event of the order's own says so. */
  function failed({ code }: AvantLinkError): void {
    last.failure = { code, at: runtime.now() };
  }

  return {
    last,
    failed,
    /** An order was delivered. `endsFailure`: through the outbox, so that an earlier failure is over. */
    delivered({ endsFailure }: { readonly endsFailure: boolean }): void {
      last.deliveredAt = runtime.now();
      if (endsFailure) last.failure = undefined;
    },
    /** The outbox took an order, so that an earlier failure to store one is over. */
    stored(): void {
      const { code } = last.failure ?? {};
      if (code?.startsWith("outbox.") && !(deliver && code === STALLED)) last.failure = undefined;
    },
    /** Something failed, and no other event says so. */
    problem(error: AvantLinkError): void {
      if (!WARNINGS.has(error.code)) failed(error);
      report({ type: "problem", error });
    },
    async read(asked: Promise<OutboxTotals | undefined>): Promise<Health> {
      const answered = await within(asked, MAX_TOTALS_MS, runtime).catch(() => "late" as const);
      const totals = answered === "late" ? undefined : answered.value;
      const oldest = totals?.oldestPendingAt;
      return {
        ok: answered !== "late" && last.failure === undefined,
        mode,
        outbox: { name: outbox.name, durable: outbox.durable },
        totals,
        oldestPendingMs: oldest === undefined ? undefined : Math.max(0, runtime.now() - oldest),
        lastDeliveredAt: last.deliveredAt,
        lastFailure: last.failure,
      };
    },
  };
}
