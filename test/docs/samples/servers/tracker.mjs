import { createTracker } from "@avantlink-s2s/express";
import { postgresOutbox } from "@avantlink-s2s/outbox/postgres";
import pg from "pg";

export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
pool.on("error", (error) => console.error(error.message)); // an idle connection was lost

export const openTracker = (deliver) =>
  createTracker({
    merchantId: process.env.AVANTLINK_MERCHANT_ID,
    outbox: postgresOutbox({ query: pool }),
    deliver,
  });
