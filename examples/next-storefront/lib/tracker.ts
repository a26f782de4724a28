import { createTracker } from "@avantlink-s2s/next";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";

/**
 * The shop's one tracker. In production it sends to AvantLink; elsewhere it sends nothing (a dry run), unless
 * AVANTLINK_ENDPOINT names a server on this machine, such as the sandbox.
 */
export const tracker = createTracker({
  merchantId: process.env.AVANTLINK_MERCHANT_ID,
  endpoint: process.env.AVANTLINK_ENDPOINT,

  // The shop's public origin, and the number of proxies in front of it. A request shows neither.
  siteUrl: process.env.SITE_URL || undefined,
  trustedProxies: Number(process.env.TRUST_PROXY ?? 0),

  // Where orders wait until AvantLink has confirmed them: a file of its own, which outlives crashes and deploys.
  // It must be on a local disk; several processes of the shop may share it.
  outbox: sqliteOutbox({ path: process.env.OUTBOX_PATH ?? "outbox.sqlite" }),
});
