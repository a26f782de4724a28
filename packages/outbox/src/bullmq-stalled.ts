import { AvantLinkError } from "@avantlink-s2s/core";
import type { Redis } from "ioredis";
import { inTime } from "./in-time.ts";

const ASK_MS = 3_000;

/** Why nothing can be settled: Redis is away, or it is there and does not answer, or answers with errors. */
export type Trouble = "away" | "silent" | "refusing";

/** Tells once that nothing can be settled, for as long as there is any reason for it. */
export class Stalled {
  readonly #troubles = new Set<Trouble>();
  readonly #problem: (error: AvantLinkError) => void;

  constructor(problem: (error: AvantLinkError) => void) {
    this.#problem = problem;
  }

  begins(trouble: Trouble, cause: unknown): void {
    const isFirst = this.#troubles.size === 0;
    this.#troubles.add(trouble);
    if (isFirst) this.#problem(new AvantLinkError("outbox.stalled", { cause }));
  }

  ends(trouble: Trouble): void {
    this.#troubles.delete(trouble);
  }
}

/**
 * Asks for a key every few seconds. A connection that stays open while nobody answers breaks no command, so that
 * nothing else would tell of it. Returns how to stop asking.
 */
export function watchForSilence(redis: Redis, key: string, stalled: Stalled): () => void {
  let asking = false;
  let stopped = false;

  async function ask(): Promise<void> {
    if (asking || redis.status !== "ready") return;
    asking = true;
    // An error is an answer too.
    const answer = redis.exists(key).catch(() => {});
    await inTime(answer, "Redis").catch((cause: unknown) => {
      if (!stopped) stalled.begins("silent", cause);
    });
    await answer;
    stalled.ends("silent");
    asking = false;
  }

  const timer = setInterval(ask, ASK_MS);
  timer.unref();
  return () => {
    stopped = true;
    clearInterval(timer);
  };
}
