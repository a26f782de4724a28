import { systemRuntime } from "@avantlink-s2s/core/adapter";
import { CommandError, EXIT } from "../exit-codes.ts";
import { destinationOf, type Merchant } from "../options/merchant-options.ts";
import { namedOutbox, type OutboxOptions, sameOutbox } from "../options/outbox-options.ts";
import { openOutbox } from "../outbox/open-outbox.ts";
import { bindTo } from "./destination.ts";

/** Where the state is, and whose. */
type StateOptions = OutboxOptions & Merchant & { readonly state?: string | undefined };

/**
 * The outbox that a backfill sends through: a SQLite file beside the file of orders, or the shop's own. It accepts an order
 * number once and keeps delivered numbers, so the same command continues a run that was killed or stopped. `shown` is its
 * place for people, `same` are the options that name it in other commands.
 * @throws CommandError if the options name no state or two; `open` throws if it belongs to another merchant or endpoint
 */
export function stateOf(path: string, options: StateOptions) {
  // AVANTLINK_OUTBOX counts only where the command names no state.
  const shops = namedOutbox(options, options.state === undefined ? process.env : {});
  if (shops && options.state !== undefined)
    throw new CommandError(EXIT.usage, "--state can't be combined with an outbox.", "Leave out one of them.");
  if (shops) return { shown: "the shop's own", same: sameOutbox(options), open: () => openOutbox(options) };
  if (path === "-" && options.state === undefined) {
    const message = "Orders from stdin need a place that remembers what was sent.";
    throw new CommandError(EXIT.usage, message, "Add --state PATH, or name the shop's outbox.");
  }
  const place = options.state ?? `${path}.sent.db`;
  const same = sameOutbox({ ...options, sqlite: place });
  return { shown: place, same, open: () => openFile(place, options) };
}

async function openFile(place: string, options: Merchant) {
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
  return { outbox, place, close: () => outbox.close() };
}
