import { readFileSync } from "node:fs";
import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { backfillCommand } from "./commands/backfill.ts";
import { completeCommand, completionCommand } from "./commands/completion.ts";
import { deskCommand } from "./commands/desk.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { outboxCommand } from "./commands/outbox.ts";
import { sandboxCommand } from "./commands/sandbox.ts";
import { validateCommand } from "./commands/validate.ts";

const EXAMPLES = `
Examples:
  $ avantlink-s2s sandbox --port 4010
  $ avantlink-s2s doctor --sqlite data/orders.db
  $ avantlink-s2s validate order.json
  $ avantlink-s2s outbox find 1001 --sqlite data/orders.db
  $ avantlink-s2s outbox list --sqlite data/orders.db
  $ avantlink-s2s outbox show 1001 --sqlite data/orders.db --order > order.json
  $ avantlink-s2s outbox retry 1001 --sqlite data/orders.db --with order.json --send
  $ avantlink-s2s backfill orders.csv
  $ avantlink-s2s backfill orders.csv --send --rate 20

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
  .addHelpText("after", EXAMPLES)
  .addCommand(sandboxCommand)
  .addCommand(doctorCommand)
  .addCommand(validateCommand)
  .addCommand(outboxCommand)
  .addCommand(deskCommand)
  .addCommand(backfillCommand)
  .addCommand(completionCommand)
  .addCommand(completeCommand, { hidden: true });

/** Lets every command throw its usage errors, which then have the documented exit code and, with --json, are JSON. */
function throwUsageErrors(command: CommandUnknownOpts): void {
  command.exitOverride();
  command.configureOutput({
    outputError: (text, write) => void (process.argv.includes("--json") || write(text)),
  });
  command.commands.forEach(throwUsageErrors);
}
throwUsageErrors(program);
