import { type Outbox, stateOf } from "@avantlink-s2s/core";
import { clock } from "../clock.ts";
import { CommandError, EXIT } from "../exit.ts";
import { addresseeOf, type Merchant } from "../merchant.ts";
import { isChosen, openOutbox } from "../outbox/open.ts";
import type { OutboxChoice } from "../outbox/options.ts";
import { InFlight } from "../sending/in-flight.ts";
import { keepTo } from "./addressee-note.ts";

/** Where it is remembered what was sent: a file of the backfill's own, or the shop's outbox. */
export interface SendState {
  readonly outbox: Outbox;
  readonly inFlight: InFlight | undefined;
  readonly place: string;
  /** The options that name it to the other commands. */
  readonly named: string;
  close(): Promise<void>;
}

/**
 * Opens what remembers the orders of a file.
 * @throws CommandError when another process works with it, or when it remembers what was sent elsewhere
 */
export async function openState(
  path: string,
  options: OutboxChoice & Merchant & { readonly state?: string | undefined },
): Promise<SendState> {
  if (isChosen(options)) {
    if (options.state !== undefined)
      throw new CommandError(EXIT.usage, "--state is for a backfill without an outbox.");
    const { outbox, place, close } = await openOutbox(options);
    const named = options.sqlite === undefined ? "and the same outbox" : `--sqlite ${options.sqlite}`;
    return { outbox, inFlight: undefined, place, named, close };
  }
  const place = options.state ?? `${path}.sent.db`;
  const { sqliteOutbox } = await import("@avantlink-s2s/outbox/sqlite");
  const outbox = sqliteOutbox({ path: place });
  await outbox.open(clock, () => {});
  let inFlight: InFlight | undefined;
  async function close(): Promise<void> {
    await inFlight?.end();
    await outbox.close();
  }
  try {
    inFlight = await InFlight.open(place, async (key) => stateOf(await outbox.find(key)));
    const { accepted } = await outbox.totals();
    keepTo(place, addresseeOf(options), accepted === 0);
    return { outbox, inFlight, place, named: `--sqlite ${place}`, close };
  } catch (cause) {
    await close();
    throw cause;
  }
}
