import { createTracker } from "@avantlink-s2s/next";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { plainEvent, trackerOptions } from "./scenario.ts";

export const tracker = createTracker({
  ...trackerOptions({ endpoint: process.env.AVANTLINK_ENDPOINT ?? "http://localhost:1" }, (event) =>
    console.log(`@event ${JSON.stringify(plainEvent(event))}`),
  ),
  outbox: sqliteOutbox({ path: process.env.OUTBOX_PATH ?? "outbox.sqlite" }),
});
