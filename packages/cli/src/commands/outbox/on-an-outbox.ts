import { Command } from "@commander-js/extra-typings";
import {
  postgresOption,
  queueOption,
  redisOption,
  schemaOption,
  sqliteOption,
} from "../../options/outbox-options.ts";

/** A command on the outbox that its options name, with examples for its help. */
export function onAnOutbox(name: string, description: string, examples: readonly string[]) {
  const shown = examples.map((example) => `\n  $ avantlink-s2s outbox ${name} ${example}`);
  return new Command(name)
    .addHelpText("after", `\nExamples:${shown.join("")}`)
    .description(description)
    .addOption(sqliteOption)
    .addOption(redisOption)
    .addOption(postgresOption)
    .addOption(queueOption)
    .addOption(schemaOption)
    .option("--json", "print JSON, for scripts");
}
