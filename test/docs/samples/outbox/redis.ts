import { createTracker } from "@avantlink-s2s/express";
import { bullmqOutbox } from "@avantlink-s2s/outbox/bullmq";

const connection = process.env.REDIS_URL ?? "redis://127.0.0.1:6379";
export const tracker = createTracker({ outbox: bullmqOutbox({ connection }) });
