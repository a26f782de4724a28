import { systemRuntime } from "@avantlink-s2s/core/adapter";
import type { Terminal } from "../terminal/terminal.ts";

/** Ends a run at Ctrl-C, which awaits open requests, or when the time is over. A second Ctrl-C quits at once. */
export function stopSignal({ note }: Terminal, forMs: number | undefined) {
  const stopping = new AbortController();
  let reason: "interrupted" | "time" | undefined;
  function stop(why: "interrupted" | "time"): void {
    reason ??= why;
    stopping.abort();
  }
  function interrupt(): void {
    note("Stopping: waiting a few seconds for open requests. Press Ctrl-C again to quit now.");
    stop("interrupted");
  }
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  const cancel = forMs === undefined ? () => {} : systemRuntime.after(forMs, () => stop("time"));
  return {
    signal: stopping.signal,
    reason: () => reason,
    end() {
      cancel();
      process.off("SIGINT", interrupt).off("SIGTERM", interrupt);
    },
  };
}
