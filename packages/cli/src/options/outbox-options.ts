import { Command } from "@commander-js/extra-typings";
import { CommandError, EXIT } from "../exit-codes.ts";

/** The outbox of a command, as given. */
export interface OutboxChoice {
  readonly sqlite?: string | undefined;
  readonly redis?: string | undefined;
  readonly postgres?: string | undefined;
  /** The queue's name in Redis, if the shop has given it one. */
  readonly queue?: string | undefined;
  /** The schema in PostgreSQL, if the shop has given it one. */
  readonly schema?: string | undefined;
}

export const NAME_AN_OUTBOX =
  "Name one: --sqlite PATH, --redis URL or --postgres URL. Or set AVANTLINK_OUTBOX to sqlite:PATH, redis://… or postgres://…, which keeps a password out of the process list.";

/** The chosen outbox: by the options, otherwise by AVANTLINK_OUTBOX. */
export function chosenOutbox(
  options: OutboxChoice,
  env: Readonly<Record<string, string | undefined>> = process.env,
): OutboxChoice {
  const { sqlite, redis, postgres, queue, schema } = options;
  const named = env.AVANTLINK_OUTBOX?.trim() ?? "";
  if (named === "" || [sqlite, redis, postgres].some((one) => one !== undefined)) return options;
  const [scheme = "", rest = ""] = [named.split(":", 1)[0], named.slice(named.indexOf(":") + 1)];
  if (scheme === "sqlite" && rest !== "") return { sqlite: rest.replace(/^\/\/(?=\/)/, ""), queue, schema };
  if (/^rediss?$/.test(scheme)) return { redis: named, queue, schema };
  if (/^postgres(?:ql)?$/.test(scheme)) return { postgres: named, queue, schema };
  throw new CommandError(
    EXIT.usage,
    "AVANTLINK_OUTBOX names no outbox.",
    "Expected sqlite:PATH, redis://… or postgres://….",
  );
}

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
