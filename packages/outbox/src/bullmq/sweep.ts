import type { Store } from "./store.ts";
import { mendTickets, SWEEP_MS } from "./tickets.ts";

const CHECK_CLOCK_MS = 500;
// Machines correct their clocks by less than this all the time.
const CLOCK_TOLERANCE_MS = 1_000;

/** Mends the tickets now and every 15 seconds, and when the clock is set back. Returns how to stop. */
export function startSweeps({ tickets, book, runtime }: Store, wake: () => void): () => Promise<void> {
  let lastNow = runtime.now();
  let sweptAt: number | undefined;
  let sweeping = Promise.resolve();
  let cancel = () => {};

  async function sweep(now: number, clockWentBack: boolean): Promise<void> {
    await sweeping;
    // Where Redis is away, claiming fails too, and that is reported.
    await mendTickets(tickets, book, { now, clockWentBack }).then(wake, () => {});
  }

  function look(): void {
    const now = runtime.now();
    // The clock may have been set back before this process began.
    const clockWentBack = sweptAt === undefined || now < lastNow - CLOCK_TOLERANCE_MS;
    lastNow = now;
    if (clockWentBack || now - (sweptAt ?? 0) >= SWEEP_MS) {
      sweptAt = now;
      sweeping = sweep(now, clockWentBack);
    }
    cancel = runtime.after(CHECK_CLOCK_MS, look);
  }

  look();
  return async () => {
    cancel();
    await sweeping;
  };
}
