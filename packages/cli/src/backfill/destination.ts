import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { CommandUnknownOpts } from "@commander-js/extra-typings";
import { CommandError, EXIT } from "../exit-codes.ts";
import { codeOf, fieldsOf, reasonOf } from "../files/read-file.ts";
import { type Destination, destinationOf, type Merchant } from "../options/merchant-options.ts";
import { namedOutbox, type OutboxOptions } from "../options/outbox-options.ts";

/**
 * Binds a state to the merchant and the endpoint of its first run, by a note beside it. Otherwise every order would be
 * new under another merchant, and what a sandbox received would count as sent to AvantLink. A state without a note, and
 * an empty one, is bound to this destination.
 * @throws CommandError if the state is bound to another destination
 */
export function bindTo(statePath: string, destination: Destination, isEmpty: boolean): void {
  const bound = isEmpty ? undefined : read(statePath);
  if (bound === undefined) {
    write(statePath, destination);
    return;
  }
  if (bound.merchant === destination.merchant && bound.endpoint === destination.endpoint) return;
  throw new CommandError(
    EXIT.usage,
    `${statePath} remembers orders of merchant ${bound.merchant} at ${bound.endpoint}. You are sending for merchant ${destination.merchant} to ${destination.endpoint}. Nothing was sent.`,
    "Use --state PATH to remember these orders separately, or correct the merchant or the endpoint.",
  );
}

/**
 * The options of a command on an outbox, with the merchant and the endpoint of the note beside its SQLite file if there is
 * one: they go before the environment's, which may be those of another shop.
 * @throws CommandError if the person named another merchant or endpoint
 */
export function boundOptions<Given extends OutboxOptions & Merchant>(
  options: Given,
  command: CommandUnknownOpts,
): Given {
  const named = namedOutbox(options, process.env);
  const bound = named?.kind === "sqlite" ? read(named.at) : undefined;
  if (!named || !bound) return options;
  const given = destinationOf(options);
  for (const name of ["merchant", "endpoint"] as const) {
    if (command.getOptionValueSource(name) !== "cli" || given[name] === bound[name]) continue;
    throw new CommandError(
      EXIT.usage,
      `${named.at} holds orders of merchant ${bound.merchant} for ${bound.endpoint}, but --${name} is ${given[name]}. Nothing was sent.`,
      `Leave out --${name}. To send these orders elsewhere, run backfill again with another --state.`,
    );
  }
  return { ...options, ...bound };
}

function read(statePath: string): Destination | undefined {
  const path = `${statePath}.for`;
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
    `${path} is damaged. It names the merchant and the endpoint of the orders in ${statePath}.`,
    "Delete it if those are the merchant and the endpoint of this command.",
  );
}

/** Replaces the note in one step and flushes it to the disk, as the state beside it is. */
function write(statePath: string, destination: Destination): void {
  const path = `${statePath}.for`;
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(destination)}\n`, { mode: 0o600, flush: true });
  renameSync(draft, path);
}
