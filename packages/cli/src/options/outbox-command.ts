import { Command } from "@commander-js/extra-typings";

/** A command on the outbox that its options name. `path` is `outbox find`, or the name of a command of its own. */
export function outboxCommand(path: string, description: string, examples: readonly string[], more = "") {
  const shown = examples.map((example) => `\n  $ avantlink-s2s ${path} ${example}`.trimEnd());
  return new Command(path.split(" ").at(-1))
    .description(description)
    .addHelpText("after", `\nExamples:${shown.join("")}${more && `\n\n${more}`}`)
    .option("--sqlite <path>", "the outbox in this SQLite file")
    .option("--redis <url>", "the outbox in this Redis")
    .option("--postgres <url>", "the outbox in this PostgreSQL")
    .option("--queue <name>", "the queue's name in Redis, if the shop has given it one")
    .option("--schema <name>", "the schema in PostgreSQL, if the shop has given it one")
    .option("--json", "print JSON, for scripts");
}
