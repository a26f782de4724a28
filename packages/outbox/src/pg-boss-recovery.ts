import { AvantLinkError } from "@avantlink-s2s/core";
import { inTime } from "./in-time.ts";

// How often jobs are looked for whose worker died.
const EVERY_MS = 10_000;

/** Looks for jobs whose worker died, beside the claims: on a large table it may take longer than a claim may. */
export interface Recovery {
  /** Looks, if it is time to. */
  begin(): void;
  /** Resolves when nothing is under way, or the store does not answer. */
  end(): Promise<void>;
}

/** What a recovery works with. */
export interface RecoveryParts {
  readonly recover: () => Promise<void>;
  readonly recovered: () => void;
  readonly problem: (error: AvantLinkError) => void;
}

export function createRecovery({ recover, recovered, problem }: RecoveryParts): Recovery {
  let begunAt = Number.NEGATIVE_INFINITY;
  let underWay: Promise<void> | undefined;
  let failed = false;

  async function look(): Promise<void> {
    try {
      await recover();
      failed = false;
      recovered();
    } catch (cause) {
      if (!failed) problem(new AvantLinkError("outbox.stalled", { cause }));
      failed = true;
    }
  }

  return {
    begin() {
      const now = performance.now();
      if (underWay || now - begunAt < EVERY_MS) return;
      begunAt = now;
      underWay = look().finally(() => {
        underWay = undefined;
      });
    },
    async end() {
      await inTime(underWay ?? Promise.resolve(), "PostgreSQL").catch(() => {});
    },
  };
}
