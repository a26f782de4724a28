import { expect, inject, test } from "vitest";
import { functionsRun } from "../long/functions-run.ts";
import { aStore } from "../support/stores.ts";

const store = await aStore("postgres");
const missing = "missing" in store ? store.missing : undefined;
const title =
  "orders of functions that are killed or frozen after the response are delivered by a cron, each once";

test.skipIf(missing)(missing ? `${title} (skipped: ${missing})` : title, async () => {
  if ("missing" in store || store.address.kind !== "postgres") return;
  const { url, schema } = store.address;
  try {
    const report = await functionsRun({ next: inject("nextVersion"), url, schema, orders: 16 });
    expect(report).toMatchObject({ accepted: 16, arrived: 16, missing: [], repeats: [] });
    expect(report.refused).toBeGreaterThan(0);
  } finally {
    await store.end();
  }
});
