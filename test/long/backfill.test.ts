import { expect, test } from "vitest";
import { backfillRun, isClean } from "./backfill-run.ts";

// A dead process's orders wait for their lease; `pnpm test:backfill` runs it at any length.
const skipped = process.env.CI ? "" : " (skipped: takes a minute; runs with CI=true)";

test.skipIf(skipped)(
  `a backfill that is killed and stopped on its way sends every order, and none twice but those open during the kill${skipped}`,
  { timeout: 240_000 },
  async () => {
    const run = { orders: 1_500, breaks: ["SIGKILL", "SIGINT"], concurrency: 10 } as const;
    const report = await backfillRun(run);
    expect(report).toMatchObject({
      missing: [],
      unreported: 0,
      exits: [null, 130, 0],
    });
    expect(isClean(report, run)).toBe(true);
  },
);
