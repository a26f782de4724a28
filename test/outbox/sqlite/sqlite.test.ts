import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { testOutbox } from "@avantlink-s2s/outbox/testing";
import { loadDriver } from "../../../packages/outbox/src/sqlite/driver.ts";
import { processOn } from "../../conformance/process-on.ts";
import { shiftedClock } from "../../support/shifted-clock.ts";

const open = await loadDriver();

testOutbox("sqlite", async () => {
  const folder = await mkdtemp(join(tmpdir(), "avantlink-outbox-"));
  const path = join(folder, "orders.db");
  const runtime = shiftedClock();
  return {
    runtime,
    process: () => processOn({ kind: "sqlite", path }),
    outbox: async () => sqliteOutbox({ path }),
    endLeases: async () => runtime.shift(60_000),
    setClockBack: async (ms) => runtime.shift(-ms),
    async holds(text) {
      // The log holds what was written before until it is merged; the file itself holds what is there now.
      const database = open(path);
      database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
      database.close();
      return (await readFile(path)).includes(text);
    },
    end: () => rm(folder, { recursive: true }),
  };
});
