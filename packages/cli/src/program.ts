import { readFileSync } from "node:fs";
import { Command } from "@commander-js/extra-typings";
import { backfillCommand } from "./commands/backfill.ts";
import { doctorCommand } from "./commands/doctor.ts";
import { outboxCommand } from "./commands/outbox.ts";
import { sandboxCommand } from "./commands/sandbox.ts";
import { validateCommand } from "./commands/validate.ts";

const EXAMPLES = `
Examples:
  $ avantlink-s2s sandbox --port 4010
  $ avantlink-s2s doctor --sqlite data/orders.db
  $ avantlink-s2s validate order.json
  $ avantlink-s2s outbox list --sqlite data/orders.db
  $ avantlink-s2s outbox show 1001 --sqlite data/orders.db --order > order.json
  $ avantlink-s2s outbox retry 1001 --sqlite data/orders.db --with order.json --send
  $ avantlink-s2s backfill orders.csv
  $ avantlink-s2s backfill orders.csv --send --rate 20

Exit codes:
  0    done, and everything is as it should be
  1    something is wrong: an order, a check, a delivery that AvantLink refused
  2    the command was used wrongly, or names an outbox that was never made
  3    a file, an outbox or AvantLink is out of reach; the same command may succeed later
  130  stopped by Ctrl-C with work left; the same command goes on with it

Environment:
  AVANTLINK_MERCHANT_ID, AVANTLINK_ENDPOINT as for the tracker; NO_COLOR for no colours
`;

const { version } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8")) as {
  readonly version: string;
};

/** The whole command line. */
export const program = new Command("avantlink-s2s")
  .description("Tries out, checks and looks after AvantLink server-to-server order tracking.")
  .version(version)
  .addHelpText("after", EXAMPLES)
  .addCommand(sandboxCommand)
  .addCommand(doctorCommand)
  .addCommand(validateCommand)
  .addCommand(outboxCommand)
  .addCommand(backfillCommand);

// A usage error ends with the exit code that is documented for it, wherever in the tree it was made.
function throwing(command: { exitOverride(): unknown; readonly commands: readonly unknown[] }): void {
  command.exitOverride();
  for (const child of command.commands) throwing(child as typeof command);
}
throwing(program);
