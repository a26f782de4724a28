import { writeFile } from "node:fs/promises";
import { CommandError, EXIT } from "../exit-codes.ts";
import { codeOf, reasonOf } from "./read-file.ts";

/** Writes a file that only this user can read; overwrites another only if that is wanted. */
export async function writeText(path: string, text: string, overwrite: boolean, help: string): Promise<void> {
  await writeFile(path, text, { flag: overwrite ? "w" : "wx", mode: 0o600 }).catch((cause: unknown) => {
    if (codeOf(cause) === "EEXIST")
      throw new CommandError(EXIT.usage, `${path} exists already.`, help, cause);
    throw new CommandError(EXIT.unreachable, `Can't write ${path}: ${reasonOf(cause)}.`, "", cause);
  });
}
