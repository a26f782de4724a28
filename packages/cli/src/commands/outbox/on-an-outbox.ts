import { Command } from "@commander-js/extra-typings";
import {
  postgresOption,
  queueOption,
  redisOption,
  schemaOption,
  sqliteOption,
} from "../../outbox/options.ts";

/** A command on the outbox that its options name. */
export function onAnOutbox(name: string, description: string) {
  return new Command(name)
    .description(description)
    .addOption(sqliteOption)
    .addOption(redisOption)
    .addOption(postgresOption)
    .addOption(queueOption)
    .addOption(schemaOption)
    .option("--json", "print JSON, for scripts");
}
