import { type JobState, type Outbox, stateOf } from "@avantlink-s2s/core";
import { systemRuntime } from "@avantlink-s2s/core/adapter";
import type { Merchant } from "../options/merchant-options.ts";
import { pause } from "../terminal/durations.ts";
import { startSending } from "./sending.ts";

const POLL_MS = 100;

/** Which orders are delivered from here, and how long their answers are awaited. */
export interface DeliverNow {
  readonly outbox: Outbox;
  readonly keys: readonly string[];
  readonly merchant: Merchant;
  readonly waitMs: number;
}

/** What became of the orders. */
export interface DeliveredNow {
  readonly states: readonly (JobState | undefined)[];
  /** AvantLink's last answer that was no success; `""` without one. */
  readonly lastFailure: string;
}

/** Delivers from this process until every one of these orders is settled or the time is up. */
export async function deliverNow({ outbox, keys, merchant, waitMs }: DeliverNow): Promise<DeliveredNow> {
  let lastFailure = "";
  const statesOf = (some: readonly string[]) =>
    Promise.all(some.map(async (key) => stateOf(await outbox.find(key))));
  const sending = await startSending({
    outbox,
    merchant,
    onEvent(event) {
      if ("error" in event) lastFailure = event.error.message;
    },
  });
  const deadline = systemRuntime.now() + waitMs;
  let waiting = keys;
  while (waiting.length > 0 && systemRuntime.now() < deadline) {
    await pause(POLL_MS);
    const states = await statesOf(waiting);
    waiting = waiting.filter((_, index) => states[index] === "pending");
  }
  await sending.stop();
  return { states: await statesOf(keys), lastFailure };
}
