import { createTracker } from "@avantlink-s2s/next";
import { postgresOutbox } from "@avantlink-s2s/outbox/postgres";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { Pool } from "pg";
import { plainEvent, trackerOptions } from "./scenario.ts";

const { AVANTLINK_ENDPOINT, DATABASE_URL, SCHEMA, OUTBOX_PATH } = process.env;

export const tracker = createTracker({
  // A busy machine may take seconds to answer, and an answer that is not waited for is an order sent again.
  ...trackerOptions({ endpoint: AVANTLINK_ENDPOINT ?? "http://localhost:1", timeoutMs: 15_000 }, (event) =>
    console.log(`@event ${JSON.stringify(plainEvent(event))}`),
  ),
  // As functions, a cron delivers.
  ...(DATABASE_URL
    ? {
        deliver: false,
        outbox: postgresOutbox({ query: new Pool({ connectionString: DATABASE_URL }), schema: SCHEMA }),
      }
    : { outbox: sqliteOutbox({ path: OUTBOX_PATH ?? "outbox.sqlite" }) }),
});
