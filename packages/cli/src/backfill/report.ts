import { EXIT, type ExitCode } from "../exit.ts";
import { sayProblems } from "../problems.ts";
import type { Terminal } from "../terminal.ts";
import { harmless } from "../terminal.ts";
import type { FileCheck } from "./check.ts";
import type { SendReport } from "./send.ts";

/** Whether a file has orders that cannot be sent. */
export function isFaulty({ faulty, repeated }: FileCheck): boolean {
  return faulty > 0 || repeated.size > 0;
}

/** What a script gets of a check. */
export function shown({
  sendable,
  faulty,
  repeated,
  refusedByShopper,
  counts,
  sales,
  ignoredColumns,
  unreadableFrom,
  problems,
}: FileCheck) {
  return {
    sendable,
    faulty,
    repeated: repeated.size,
    refusedByShopper,
    counts,
    sales,
    ignoredColumns,
    unreadableFrom,
    problems,
  };
}

/** Tells people what a check has found. */
export function sayCheck(terminal: Terminal, check: FileCheck): void {
  const { say } = terminal;
  sayProblems(
    terminal,
    check.problems.map(({ line, field, ...rest }) => ({ ...rest, field: `line ${line}: ${field}` })),
  );
  const told = Object.values(check.counts).reduce((sum, count) => sum + count, 0);
  if (told > check.problems.length) say(`… and ${told - check.problems.length} further problems:`);
  for (const [rule, count] of Object.entries(check.counts)) say(`  ${count} × ${rule}`);
  if (check.ignoredColumns.length > 0)
    say(`Columns without a meaning here: ${check.ignoredColumns.map(harmless).join(", ")}`);
  for (const [currency, sum] of Object.entries(check.sales))
    say(`Sales in the file: ${sum} ${harmless(currency)}`);
  say(
    `${check.sendable} orders can be sent, ${check.faulty} cannot, ${check.repeated.size} order numbers are repeated, ${check.refusedByShopper} shoppers refused tracking.`,
  );
  if (check.unreadableFrom !== undefined)
    say(`That is a part of the file: ${unreadable(check.unreadableFrom)}`);
}

/** Why nothing of a file is sent, whatever was asked for. */
export function unreadable(line: number): string {
  return `it cannot be read on from line ${line}, and nothing after it is known.`;
}

/** Tells what became of the orders. `named` are the options that name the outbox which has them. */
export function saySent(
  { say, note }: Terminal,
  sent: SendReport,
  { check, named }: { readonly check: FileCheck; readonly named: string },
): void {
  const { delivered, knownBefore, deadBefore, refused, unconfirmed, pending } = sent;
  say(
    `${delivered} delivered, ${knownBefore} known from before, ${refused} refused, ${unconfirmed} unconfirmed, ${pending} still to be delivered.`,
  );
  if (isFaulty(check)) {
    say(
      `Left out: ${check.faulty} that cannot be sent, ${check.repeated.size} repeated order numbers; see above.`,
    );
  }
  if (refused > 0) note(`AvantLink refused ${refused}: avantlink-s2s outbox list ${named}`);
  if (unconfirmed > 0) {
    note(
      `${unconfirmed} left without an answer, or while a run was killed. AvantLink may have them, so they were not sent again. By its article a repeat of the same order number is safe: avantlink-s2s outbox retry --all --send ${named}`,
    );
  }
  if (deadBefore > 0) {
    note(
      `${deadBefore} of those known from before are dead letters: AvantLink does not have them, or may not, and they are not sent again by themselves: avantlink-s2s outbox list ${named}`,
    );
  }
  if (sent.silence) {
    note(
      "Stopped, because AvantLink gave no answer to many orders in a row. Give the same command again later.",
    );
  }
  if (sent.interrupted) {
    const left = check.sendable - delivered - knownBefore - refused - unconfirmed;
    note(`Give the same command again to go on; ${left} orders are left.`);
  }
  if (pending > 0 && sent.lastFailure !== "") note(harmless(sent.lastFailure));
}

/** What a script can tell from the exit code. */
export function exitOf(sent: SendReport): ExitCode {
  const { interrupted, silence, pending, refused, unconfirmed, deadBefore } = sent;
  if (interrupted) return EXIT.interrupted;
  if (silence || pending > 0) return EXIT.unreachable;
  return refused + unconfirmed + deadBefore > 0 ? EXIT.wrong : EXIT.ok;
}
