import { stat } from "node:fs/promises";
import { CommandError, EXIT } from "../exit-codes.ts";
import { codeOf, reasonOf } from "../files/read-file.ts";
import type { FoundOutbox } from "./found-outbox.ts";

/** The outbox in a SQLite file. Opening a missing file would create it. */
export async function outboxInFile(path: string): Promise<FoundOutbox> {
  const stats = await stat(path).catch((cause: unknown) => {
    if (codeOf(cause) !== "ENOENT")
      throw new CommandError(EXIT.unreachable, `Can't open ${path}: ${reasonOf(cause)}.`, "", cause);
    const help =
      "Use --sqlite with the path of the shop's outbox. A shop creates the file when it first starts.";
    throw new CommandError(EXIT.usage, `There is no file ${path}.`, help, cause);
  });
  if (!stats.isFile()) throw new CommandError(EXIT.usage, `${path} is not a file.`);
  const { sqliteOutbox } = await import("@avantlink-s2s/outbox/sqlite");
  return { outbox: sqliteOutbox({ path }), place: path };
}
