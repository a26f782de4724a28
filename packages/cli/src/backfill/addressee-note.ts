import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { CommandError, EXIT } from "../exit.ts";
import { codeOf, fieldsOf } from "../json-file.ts";
import type { Addressee } from "../merchant.ts";

/**
 * Keeps a state to the merchant and the endpoint that it was first used for, by a note beside it. Under another
 * merchant every order would count as new, and what a sandbox was sent would count as sent to AvantLink. A state
 * without a note, as older versions left it, is taken for this one's; in an empty one there is nothing to mistake.
 * @throws CommandError when the state is another's
 */
export function keepTo(statePath: string, addressee: Addressee, isEmpty: boolean): void {
  const path = `${statePath}.for`;
  const before = isEmpty ? undefined : read(path);
  if (before === undefined) {
    write(path, addressee);
    return;
  }
  if (before.merchant === addressee.merchant && before.endpoint === addressee.endpoint) return;
  throw new CommandError(
    EXIT.usage,
    `${statePath} remembers what was sent for merchant ${before.merchant} to ${before.endpoint}; this is for merchant ${addressee.merchant} to ${addressee.endpoint}. Nothing was sent.`,
    "Give --state PATH, so that this one's orders are remembered apart, or the merchant and the endpoint of before.",
  );
}

function read(path: string): Addressee | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw new CommandError(EXIT.unreachable, `${path} cannot be read (${codeOf(cause)}).`, "", cause);
  }
  const { merchant, endpoint } = fieldsOf(parsed(text));
  if (typeof merchant === "string" && typeof endpoint === "string") return { merchant, endpoint };
  throw new CommandError(
    EXIT.wrong,
    `${path} is damaged; it told for which merchant, and to where, the state beside it was sent.`,
    "Delete it if you are sure that this is for the same ones.",
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** In one step, and down to the disk, as the state beside it is. */
function write(path: string, addressee: Addressee): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(addressee)}\n`, { mode: 0o600, flush: true });
  renameSync(`${path}.new`, path);
}
