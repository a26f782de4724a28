import { systemRuntime } from "@avantlink-s2s/core/adapter";
import { CommandError, EXIT } from "../exit-codes.ts";
import { destinationOf, type Merchant } from "../options/merchant-options.ts";
import { chosenOutbox, type OutboxChoice } from "../options/outbox-options.ts";
import { openOutbox } from "../outbox/open-outbox.ts";
import { bindTo } from "./destination.ts";

/** Where the state is, and whose. */
export type StateOptions = OutboxChoice & Merchant & { readonly state?: string | undefined };

/** The state's place for people, without opening it. */
export function statePlace(path: string, options: StateOptions): string {
  return isShopsOutbox(options) ? "the shop's own" : (options.state ?? `${path}.sent.db`);
}

/** `AVANTLINK_OUTBOX` counts only where the command names no state. */
function isShopsOutbox(options: StateOptions): boolean {
  const { sqlite, redis, postgres } = options.state === undefined ? chosenOutbox(options) : options;
  return [sqlite, redis, postgres].some((one) => one !== undefined);
}

/**
 * Opens the outbox that a backfill sends through: a SQLite file beside the file of orders, or the shop's own. It accepts an
 * order number once and keeps delivered numbers, so the same command continues a run that was killed or stopped. `named`
 * are the options that name it to the other commands.
 * @throws CommandError if the state belongs to another merchant or endpoint
 */
export async function openState(path: string, options: StateOptions) {
  if (isShopsOutbox(options)) {
    if (options.state !== undefined)
      throw new CommandError(
        EXIT.usage,
        "--state can't be combined with an outbox.",
        "Leave out one of them.",
      );
    const { outbox, place, close } = await openOutbox(options);
    const named = options.sqlite === undefined ? "and the same outbox" : `--sqlite ${options.sqlite}`;
    return { outbox, place, named, close };
  }
  if (path === "-" && options.state === undefined) {
    throw new CommandError(
      EXIT.usage,
      "Orders from stdin need a place that remembers what was sent.",
      "Add --state PATH, or name the shop's outbox.",
    );
  }
  const place = options.state ?? `${path}.sent.db`;
  const { sqliteOutbox } = await import("@avantlink-s2s/outbox/sqlite");
  const outbox = sqliteOutbox({ path: place });
  await outbox.open(systemRuntime, () => {});
  try {
    const { accepted } = await outbox.totals();
    bindTo(place, destinationOf(options), accepted === 0);
  } catch (cause) {
    await outbox.close();
    throw cause;
  }
  return { outbox, place, named: `--sqlite ${place}`, close: () => outbox.close() };
}
