import { Option } from "@commander-js/extra-typings";
import { EXIT } from "../../exit-codes.ts";
import { duration } from "../../options/numbers.ts";
import type { Terminal } from "../../terminal/terminal.ts";

export const failIfDeadOption = new Option(
  "--fail-if-dead",
  "end with 1 if there is a dead letter, for schedulers",
);
export const failIfOlderOption = new Option(
  "--fail-if-older <duration>",
  "end with 1 if an order has waited longer, such as 15m",
).argParser(duration);

/** Prints the alarms and ends with the exit code of something wrong. */
export function raise({ note }: Terminal, alarms: readonly string[]): void {
  for (const alarm of alarms) note(alarm);
  if (alarms.length > 0) process.exitCode = EXIT.wrong;
}
