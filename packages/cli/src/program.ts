import { readFileSync } from "node:fs";
import tab from "@bomb.sh/tab/commander";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import type { Command as PlainCommand } from "commander";
import { backfillCommand } from "./commands/backfill.ts";
import { deskCommand } from "./commands/desk.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { outboxCommand } from "./commands/outbox.ts";
import { reconcileCommand } from "./commands/reconcile.ts";
import { returnsCommand } from "./commands/returns.ts";
import { sandboxCommand } from "./commands/sandbox.ts";
import { validateCommand } from "./commands/validate.ts";

const CODES_AND_VARIABLES = `
Exit codes:
  0    done, and nothing is wrong
  1    something is wrong: an order, a check, a delivery that AvantLink refused
  2    wrong usage, or an outbox that does not exist
  3    a file, an outbox or AvantLink can't be reached, or orders are waiting; the same command may succeed later
  4    this outbox never accepted the order
  130  stopped by Ctrl-C with work left; the same command continues

Environment:
  AVANTLINK_MERCHANT_ID, AVANTLINK_ENDPOINT   as for the tracker
  AVANTLINK_OUTBOX                            sqlite:PATH, redis://… or postgres://…, instead of the options
  NO_COLOR                                    for output without colors
`;

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  readonly version: string;
};

/** The whole command line. */
export const program = new Command("avantlink-s2s")
  .description("Tests, checks and operates AvantLink server-to-server order tracking.")
  .version(version)
  .addHelpText("after", CODES_AND_VARIABLES)
  .addCommand(sandboxCommand)
  .addCommand(doctorCommand)
  .addCommand(validateCommand)
  .addCommand(outboxCommand)
  .addCommand(deskCommand)
  .addCommand(backfillCommand)
  .addCommand(reconcileCommand)
  .addCommand(returnsCommand);

// `completion bash` and its like print the script with which a shell completes commands, options and choices.
tab(program as unknown as PlainCommand, { completionCommandName: "completion" });

/** Lets every command throw its usage errors, which then have the documented exit code and, with --json, are JSON. */
function throwUsageErrors(command: CommandUnknownOpts): void {
  command.exitOverride();
  command.configureOutput({
    outputError: (text, write) => void (process.argv.includes("--json") || write(text)),
  });
  command.commands.forEach(throwUsageErrors);
}
throwUsageErrors(program);
