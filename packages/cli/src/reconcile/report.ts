import type { FileCheck } from "../backfill/check.ts";
import type { Amount } from "../backfill/file-entry.ts";
import { isFaulty } from "../backfill/report.ts";
import { EXIT, type ExitCode } from "../exit-codes.ts";
import type { Days } from "../options/days.ts";
import { iso, shortKey } from "../outbox/record-view.ts";
import { harmless, type Terminal } from "../terminal/terminal.ts";
import { counted, money } from "../terminal/wording.ts";
import { DIFFERENCES, type Difference, KINDS, type Reconciliation } from "./compare.ts";

/** What was compared, and how it came out. */
export interface ReconcileSummary extends Reconciliation {
  readonly check: FileCheck;
  readonly days: Days | undefined;
  /** Missing orders that are no failure, such as those that the shop skips. */
  readonly allowMissing: number;
}

/** The comparison as JSON. */
export function reconcileJson(summary: ReconcileSummary) {
  const { matched, counts, differences, check, days } = summary;
  return {
    from: days && iso(days.from),
    until: days && iso(days.until),
    timeZone: days?.timeZone,
    matched,
    counts,
    differences,
    faulty: check.faulty,
    repeated: check.repeated.size,
    unpaid: check.unpaid,
    denied: check.denied,
  };
}

/** Prints the comparison for people. */
export function sayReconciliation({ say, sayTable, note }: Terminal, summary: ReconcileSummary): void {
  const { matched, counts, differences, days } = summary;
  say(`${counted(matched, "order is", "orders are")} delivered with the same amount.`);
  for (const kind of KINDS)
    if (counts[kind] > 0) say(`${counts[kind].toLocaleString("en-US")} ${DIFFERENCES[kind]}`);
  sayTable(
    ["", "order", "line", "in the file", "in the outbox"],
    differences.map((one) => [
      one.kind,
      one.orderNumber === undefined ? `${shortKey(one)} (key)` : harmless(one.orderNumber),
      one.line?.toString() ?? "-",
      amountText(one.inFile),
      outboxText(one),
    ]),
  );
  if (days) note(`Days: ${iso(days.from)} until ${iso(days.until)} (${days.timeZone}).`);
  else note("Extra orders were not looked for: name the day of the file with --date.");
}

function amountText(amount: Amount | string | undefined): string {
  return typeof amount === "object" ? money(amount.subtotal, amount.currency) : (amount ?? "-");
}

function outboxText({ kind, delivered, acceptedAt }: Difference): string {
  const accepted = acceptedAt && `accepted ${acceptedAt.slice(0, 16)}Z`;
  const amount = delivered ? amountText(delivered) : kind.startsWith("extra") ? "amount unknown" : kind;
  return accepted ? `${amount}, ${accepted}` : "-";
}

/** The exit code: wrong before waiting, so that a scheduler hears the graver one. */
export function reconcileExit({ counts, allowMissing, check }: ReconcileSummary): ExitCode {
  const { missing, dead, removed, extra, waiting } = counts;
  const wrong = Math.max(0, missing - allowMissing) + counts["other-amount"] + dead + removed + extra;
  if (wrong > 0 || isFaulty(check)) return EXIT.wrong;
  return waiting > 0 ? EXIT.unreachable : EXIT.ok;
}
