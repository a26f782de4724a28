import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { boundOptions } from "../backfill/destination.ts";
import { endpointOption, type Merchant, merchantOption } from "../options/merchant-options.ts";
import { type OutboxOptions, sameOutbox } from "../options/outbox-options.ts";
import { type OpenOutbox, withOutbox } from "../outbox/open-outbox.ts";
import { openTerminal, type Terminal } from "../terminal/terminal.ts";

/**
 * A command with the options that name an outbox and whose orders it holds. `path` is `outbox find`, or the name of a
 * command of its own.
 */
export function commandOnOutbox(path: string, description: string, examples: readonly string[], more = "") {
  const shown = examples.map((example) => `\n  $ avantlink-s2s ${path} ${example}`.trimEnd());
  return new Command(path.split(" ").at(-1))
    .description(description)
    .addHelpText("after", `\nExamples:${shown.join("")}${more && `\n\n${more}`}`)
    .option("--sqlite <path>", "the outbox in this SQLite file")
    .option("--redis <url>", "the outbox in this Redis")
    .option("--postgres <url>", "the outbox in this PostgreSQL")
    .option("--queue <name>", "the queue's name in Redis, if the shop has given it one")
    .option("--schema <name>", "the schema in PostgreSQL, if the shop has given it one")
    .addOption(merchantOption)
    .addOption(endpointOption)
    .option("--json", "print JSON, for scripts");
}

/** What every action on an outbox works with. */
export interface OnOutbox extends OpenOutbox {
  readonly terminal: Terminal;
  /** The options that name outbox, merchant and endpoint again in a printed command, with a blank before each. */
  readonly same: string;
}

/** An action on the outbox that the command's options name. The outbox is open until the action ends. */
export function onOutbox<Given extends unknown[]>(action: (on: OnOutbox, ...given: Given) => Promise<void>) {
  return async (...given: Given): Promise<void> => {
    // Commander gives an action the arguments, then the options, then the command.
    const typed = given.at(-2) as OutboxOptions & Merchant & { readonly json?: true | undefined };
    const options = boundOptions(typed, given.at(-1) as CommandUnknownOpts);
    const bound = given.with(-2, options) as Given;
    await withOutbox(options, (opened) =>
      action({ ...opened, terminal: openTerminal(options), same: sameOutbox(options) }, ...bound),
    );
  };
}
