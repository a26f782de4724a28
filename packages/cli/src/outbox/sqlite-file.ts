import { stat } from "node:fs/promises";
import { CommandError, EXIT } from "../exit-codes.ts";
import { codeOf, reasonOf } from "../files/read-file.ts";
import type { FoundOutbox } from "./server-address.ts";

/** The outbox in a SQLite file. */
export async function outboxInFile(path: string): Promise<FoundOutbox> {
  await requireFile(path);
  const { sqliteOutbox } = await import("@avantlink-s2s/outbox/sqlite");
  return { outbox: sqliteOutbox({ path }), place: path, release: async () => {} };
}

/** Opening a missing file would create it. */
async function requireFile(path: string): Promise<void> {
  const isFile = await stat(path).then(
    (stats) => stats.isFile(),
    (cause: unknown) => {
      if (codeOf(cause) === "ENOENT") {
        throw new CommandError(
          EXIT.usage,
          `There is no file ${path}.`,
          "Use --sqlite with the path of the shop's outbox. A shop creates the file when it first starts.",
          cause,
        );
      }
      throw new CommandError(EXIT.unreachable, `Can't open ${path}: ${reasonOf(cause)}.`, "", cause);
    },
  );
  if (!isFile) throw new CommandError(EXIT.usage, `${path} is not a file.`);
}
