import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { CommandError, EXIT } from "../exit-codes.ts";
import { codeOf, fieldsOf, reasonOf } from "../files/read-file.ts";
import type { Destination } from "../options/merchant-options.ts";

/**
 * Binds a state to the merchant and the endpoint of its first run, by a note beside it. Otherwise every order would be
 * new under another merchant, and what a sandbox received would count as sent to AvantLink. A state without a note, and
 * an empty one, is bound to this destination.
 * @throws CommandError if the state is bound to another destination
 */
export function bindTo(statePath: string, destination: Destination, isEmpty: boolean): void {
  const path = `${statePath}.for`;
  const bound = isEmpty ? undefined : read(path);
  if (bound === undefined) {
    write(path, destination);
    return;
  }
  if (bound.merchant === destination.merchant && bound.endpoint === destination.endpoint) return;
  throw new CommandError(
    EXIT.usage,
    `${statePath} remembers orders of merchant ${bound.merchant} at ${bound.endpoint}. You are sending for merchant ${destination.merchant} to ${destination.endpoint}. Nothing was sent.`,
    "Use --state PATH to remember these orders separately, or correct the merchant or the endpoint.",
  );
}

function read(path: string): Destination | undefined {
  try {
    const { merchant, endpoint } = fieldsOf(JSON.parse(readFileSync(path, "utf8")));
    if (typeof merchant === "string" && typeof endpoint === "string") return { merchant, endpoint };
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    if (!(cause instanceof SyntaxError))
      throw new CommandError(EXIT.unreachable, `Can't read ${path}: ${reasonOf(cause)}.`, "", cause);
  }
  throw new CommandError(
    EXIT.wrong,
    `${path} is damaged. It names the merchant and the endpoint of the orders in ${path.replace(/\.for$/, "")}.`,
    "Delete it if those are the merchant and the endpoint of this command.",
  );
}

/** Replaces the note in one step and flushes it to the disk, as the state beside it is. */
function write(path: string, destination: Destination): void {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(destination)}\n`, { mode: 0o600, flush: true });
  renameSync(draft, path);
}
