import { EXIT, type ExitCode } from "../exit-codes.ts";
import type { Destination } from "../options/merchant-options.ts";
import { lasting } from "../terminal/durations.ts";
import { sayProblems } from "../terminal/problems.ts";
import { harmless, type Terminal } from "../terminal/terminal.ts";
import { counted, sums } from "../terminal/wording.ts";
import type { FileCheck } from "./check.ts";
import { KNOWN_COLUMNS } from "./column-names.ts";
import type { SendReport } from "./send.ts";

/** Whether a file has orders that can't be sent. */
export function isFaulty({ faulty, repeated }: FileCheck): boolean {
  return faulty > 0 || repeated.size > 0;
}

/** A check as JSON. */
export function checkJson(check: FileCheck) {
  return { ...check, repeated: check.repeated.size };
}

/** Prints what is wrong with a file. */
export function sayFaults(terminal: Terminal, check: FileCheck): void {
  const { say } = terminal;
  sayProblems(terminal, check.problems);
  const found = problemsIn(check);
  if (found > check.problems.length) {
    say(`… and ${counted(found - check.problems.length, "further problem")}. All problems by rule:`);
    for (const [rule, count] of Object.entries(check.counts)) say(`  ${count} × ${rule}`);
  }
}

function problemsIn({ counts }: FileCheck): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Prints what a check found. */
export function sayCheck(terminal: Terminal, check: FileCheck): void {
  const { say } = terminal;
  sayFaults(terminal, check);
  if (check.platform !== undefined) say(`The file is an order export of ${check.platform}.`);
  if (check.ignoredColumns.length > 0 && check.platform === undefined) {
    say(`Unrecognized columns, ignored: ${check.ignoredColumns.map(harmless).join(", ")}.`);
    say(`Recognized names: ${KNOWN_COLUMNS.join(", ")}.`);
  }
  say(`${counted(check.sendable, "order")} can be sent: ${sums(check.sales)}.`);
  if (check.faulty > 0)
    say(`${counted(check.faulty, "order or row", "orders or rows")} can't be sent; see above.`);
  if (check.repeated.size > 0) {
    say(`${counted(check.repeated.size, "order number is", "order numbers are")} in two places; see above.`);
  }
  if (check.denied > 0) say(`${counted(check.denied, "shopper")} denied consent; not sent.`);
  if (check.unpaid > 0)
    say(`${counted(check.unpaid, "order is", "orders are")} unpaid or canceled; not sent.`);
  if (check.unreadableFrom !== undefined)
    say(`Reading stopped at line ${check.unreadableFrom}. These counts cover only the lines before it.`);
}

/** Prints what will be sent, before the question whether to send it: so many orders a second, remembered in `place`. */
export function sayPlan(
  { note }: Terminal,
  check: FileCheck,
  plan: Destination & { rate: number; place: string },
): void {
  const seconds = Math.ceil(check.sendable / plan.rate);
  note(`Host:      ${new URL(plan.endpoint).host}`);
  note(`Merchant:  ${plan.merchant}`);
  note(`Orders:    ${counted(check.sendable, "order")}, ${sums(check.sales)}`);
  note(`Duration:  at least ${lasting(seconds * 1_000)} at ${counted(plan.rate, "order")} a second`);
  note(`Outbox:    ${plan.place}`);
  if (check.ignoredColumns.length > 0)
    note(`Ignored:   the columns ${check.ignoredColumns.map(harmless).join(", ")}`);
  // A faulty file's problems were printed above.
  const warnings = isFaulty(check) ? 0 : problemsIn(check);
  if (warnings > 0) note(`Warnings:  ${warnings}; the same command without --send prints them`);
  note("AvantLink has no field for an order's date: every order counts as an order of today.");
}

/** How a run ended, and how to continue it. */
export interface SentSummary {
  readonly sent: SendReport;
  readonly check: FileCheck;
  /** Why the run ended before all orders were answered. */
  readonly stopped: "interrupted" | "time" | undefined;
  /** The options that name the outbox of this run in other commands. */
  readonly same: string;
  /** The command that continues the run. */
  readonly again: string;
}

/** Prints what became of the orders. */
export function saySent({ say, note }: Terminal, { sent, check, stopped, same, again }: SentSummary): void {
  const { delivered, knownBefore, dead, waiting, unsent, lastFailure } = sent;
  const left = waiting + unsent;
  say(`${delivered} delivered, ${knownBefore} sent before, ${dead} refused, ${left} left.`);
  if (isFaulty(check)) {
    say(
      `Left out: ${check.faulty} faulty, ${counted(check.repeated.size, "repeated order number")}; see above.`,
    );
  }
  if (dead > 0) {
    note(
      `AvantLink did not accept ${counted(dead, "order")}. See why: avantlink-s2s outbox list --dead${same}`,
    );
    note("The same command sends them again, as the file then has them.");
  }
  if (left > 0 && lastFailure !== "") note(`Last failure: ${harmless(lastFailure)}`);
  if (stopped === "time") note("Stopped: the time of --for is over.");
  if (left > 0) note(`${counted(left, "order")} left. Continue with: ${again}`);
}

/** The exit code of a run. */
export function exitOf({ sent, stopped }: SentSummary): ExitCode {
  if (stopped === "interrupted") return EXIT.interrupted;
  if (sent.waiting + sent.unsent > 0) return EXIT.unreachable;
  return sent.dead > 0 ? EXIT.wrong : EXIT.ok;
}
