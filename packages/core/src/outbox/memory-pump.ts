import type TinyQueue from "tinyqueue";
import type { Runtime } from "../runtime.ts";
import type { OutboxWorker, Verdict } from "./outbox.ts";

/** A job with the time from which it may be tried. */
export interface DueJob {
  readonly due: number;
}

/** What the pump works on. */
export interface PumpParts<Job extends DueJob> {
  readonly runtime: Runtime;
  /** Jobs that are due, first things first. */
  readonly waiting: TinyQueue<Job>;
  /** Jobs that are not, by time. */
  readonly later: TinyQueue<Job>;
  readonly concurrency: number;
  /** Whether an entry of a queue still stands for its job. */
  readonly isCurrent: (job: Job) => boolean;
  readonly settle: (job: Job, verdict: Verdict) => void;
  readonly deliver: (job: Job) => Promise<Verdict>;
}

/** Moves due jobs through `deliver`, as many at a time as allowed, and sets one timer for the next. */
export function startPump<Job extends DueJob>(
  parts: PumpParts<Job>,
): OutboxWorker & { readonly turn: () => void } {
  const { runtime, waiting, later, concurrency } = parts;
  let stopped = false;
  let alarm: { readonly at: number; readonly cancel: () => void } | undefined;
  const inFlight = new Set<Promise<void>>();

  /** A timer that has fired is believed, even where the clock was set back meanwhile. */
  function turn(reached = runtime.now()): void {
    if (stopped) return;
    const now = Math.max(reached, runtime.now());
    for (let next = later.peek(); next && next.due <= now; next = later.peek()) {
      later.pop();
      waiting.push(next);
    }
    while (inFlight.size < concurrency) {
      const job = waiting.pop();
      if (!job) break;
      if (parts.isCurrent(job)) send(job);
    }
    setAlarm(later.peek()?.due);
  }

  function send(job: Job): void {
    const sending: Promise<void> = parts.deliver(job).then((verdict) => {
      inFlight.delete(sending);
      parts.settle(job, verdict);
      turn();
    });
    inFlight.add(sending);
  }

  function setAlarm(at: number | undefined): void {
    if (alarm?.at === at) return;
    alarm?.cancel();
    alarm = undefined;
    if (at === undefined) return;
    const cancel = runtime.after(at - runtime.now(), () => {
      alarm = undefined;
      turn(at);
    });
    alarm = { at, cancel };
  }

  turn();
  return {
    turn,
    async stop() {
      stopped = true;
      setAlarm(undefined);
      await Promise.all(inFlight);
    },
  };
}
