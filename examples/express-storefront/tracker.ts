import { createTracker, memoryOutbox } from "@avantlink-s2s/express";

/**
 * The shop's one tracker. In production it sends to AvantLink; elsewhere it sends nothing (a dry run), unless
 * AVANTLINK_ENDPOINT names a server on this machine, such as the sandbox.
 */
export const tracker = createTracker({
  merchantId: process.env.AVANTLINK_MERCHANT_ID,
  endpoint: process.env.AVANTLINK_ENDPOINT,

  // Where orders wait until AvantLink has confirmed them. This one is the process's memory: quick, and empty after
  // a crash. An outbox on disk goes here, and nothing else in the shop changes.
  outbox: memoryOutbox(),
});
