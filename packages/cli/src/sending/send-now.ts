import { type JobState, type Outbox, stateOf } from "@avantlink-s2s/core";
import { clock, pause } from "../clock.ts";
import { type Merchant, sendingTracker } from "../merchant.ts";
import type { InFlight } from "./in-flight.ts";
import { onceOnly } from "./once-only.ts";

const LOOK_MS = 100;

/** What became of one order that was sent from here. */
export interface Sent {
  readonly key: string;
  readonly state: JobState | undefined;
}

/** What is sent from here, and how. */
export interface SendNow {
  readonly outbox: Outbox;
  /** Where orders on their way are remembered, if the outbox is a backfill's state. */
  readonly inFlight: InFlight | undefined;
  readonly keys: readonly string[];
  readonly merchant: Merchant;
  readonly waitMs: number;
}

/** Delivers from this process, as the shop's own would, until these orders are settled or the time is up. */
export async function sendNow({
  outbox,
  inFlight,
  keys,
  merchant,
  waitMs,
}: SendNow): Promise<{ readonly sent: readonly Sent[]; readonly lastFailure: string }> {
  let lastFailure = "";
  const sending = onceOnly(outbox, inFlight);
  const tracker = sendingTracker(merchant, sending, (event) => {
    if ("error" in event) lastFailure = event.error.message;
  });
  await tracker.start();
  const until = clock.now() + waitMs;
  let waiting = keys;
  while (waiting.length > 0 && clock.now() < until) {
    await pause(LOOK_MS);
    const states = await Promise.all(waiting.map(async (key) => stateOf(await outbox.find(key))));
    waiting = waiting.filter((_, index) => states[index] === "pending");
  }
  await sending.settle();
  const sent = await Promise.all(keys.map(async (key) => ({ key, state: stateOf(await outbox.find(key)) })));
  await tracker.close({ timeoutMs: 0 });
  return { sent, lastFailure };
}
