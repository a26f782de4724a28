import { createTracker } from "@avantlink-s2s/express";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";

export const tracker = createTracker({ outbox: sqliteOutbox({ path: "/var/lib/shop/avantlink.sqlite" }) });
