import { EXIT, type ExitCode } from "../exit-codes.ts";
import { sayProblems } from "../terminal/problems.ts";
import { harmless, type Terminal } from "../terminal/terminal.ts";
import type { FileCheck } from "./check.ts";
import type { SendReport } from "./send.ts";

/** Whether a file has orders that can't be sent. */
export function isFaulty({ faulty, repeated }: FileCheck): boolean {
  return faulty > 0 || repeated.size > 0;
}

/** A check as JSON. */
export function checkJson({ unsendableLines: _, repeated, ...check }: FileCheck) {
  return { ...check, repeated: repeated.size };
}

/** Prints what a check found. */
export function sayCheck(terminal: Terminal, check: FileCheck): void {
  const { say } = terminal;
  sayProblems(
    terminal,
    check.problems.map(({ line, field, ...rest }) => ({ ...rest, field: `line ${line}: ${field}` })),
  );
  const found = Object.values(check.counts).reduce((sum, count) => sum + count, 0);
  if (found > check.problems.length) say(`… and ${found - check.problems.length} further problems:`);
  for (const [rule, count] of Object.entries(check.counts)) say(`  ${count} × ${rule}`);
  if (check.ignoredColumns.length > 0)
    say(`Unrecognized columns, ignored: ${check.ignoredColumns.map(harmless).join(", ")}`);
  for (const [currency, sum] of Object.entries(check.sales))
    say(`Sales in the file: ${sum} ${harmless(currency)}`);
  say(
    `${check.sendable} orders can be sent, ${check.faulty} can't, ${check.repeated.size} order numbers are repeated, ${check.denied} shoppers denied consent.`,
  );
  if (check.unreadableFrom !== undefined) {
    say(`Reading stopped at line ${check.unreadableFrom}. These counts cover only the lines before it.`);
  }
}

/** How a run ended, and how to continue it. */
export interface SentSummary {
  readonly sent: SendReport;
  readonly check: FileCheck;
  readonly interrupted: boolean;
  /** The options that name the outbox of this run to the other commands. */
  readonly named: string;
}

/** Prints what became of the orders. */
export function saySent({ say, note }: Terminal, { sent, check, interrupted, named }: SentSummary): void {
  const { delivered, knownBefore, dead, waiting, unsent, lastFailure } = sent;
  say(`${delivered} delivered, ${knownBefore} sent before, ${dead} refused, ${waiting + unsent} left.`);
  if (isFaulty(check)) {
    say(
      `Left out: ${check.faulty} orders that can't be sent, ${check.repeated.size} repeated order numbers; see above.`,
    );
  }
  if (dead > 0) {
    note(
      `AvantLink did not accept ${dead} orders. See why: avantlink-s2s outbox list ${named}. The same command sends them again.`,
    );
  }
  if (waiting + unsent > 0 && lastFailure !== "") note(harmless(lastFailure));
  if (interrupted) note(`Run the same command again to continue with the ${waiting + unsent} orders left.`);
}

/** The exit code of a run. */
export function exitOf({ sent, interrupted }: SentSummary): ExitCode {
  if (interrupted) return EXIT.interrupted;
  if (sent.waiting > 0) return EXIT.unreachable;
  return sent.dead > 0 ? EXIT.wrong : EXIT.ok;
}
