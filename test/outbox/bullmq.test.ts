import { randomUUID } from "node:crypto";
import { bullmqOutbox } from "@avantlink-s2s/outbox/bullmq";
import { testOutbox } from "@avantlink-s2s/outbox/testing";
import { Redis } from "ioredis";
import { afterAll, test } from "vitest";
import { processOn } from "../conformance/process-on.ts";
import { redisContents, removeKeys } from "../support/redis-contents.ts";
import { redisService, type Service, valkeyService } from "../support/services.ts";
import { shiftedClock } from "../support/shifted-clock.ts";

const servers: [name: string, service: Service][] = [
  ["bullmq", await redisService()],
  ["bullmq on Valkey", await valkeyService()],
];

for (const [name, service] of servers) {
  if ("missing" in service) {
    test.skip(`the ${name} outbox keeps the contract (skipped: ${service.missing})`, () => {});
    continue;
  }
  const { url } = service;
  const redis = new Redis(url);
  const run = randomUUID().slice(0, 8);
  let stores = 0;

  afterAll(async () => {
    redis.disconnect();
    await service.end();
  });

  testOutbox(name, async () => {
    const queue = `test-${run}-${++stores}`;
    const prefix = `{avantlink}:${queue}:`;
    // BullMQ's keys and the outbox's own.
    const all = `{avantlink}?${queue}:*`;
    const runtime = shiftedClock();
    return {
      runtime,
      async setClockBack(ms) {
        runtime.shift(-ms);
      },
      process: () => processOn({ kind: "bullmq", url, queue }),
      outbox: async () => bullmqOutbox({ connection: url, queue }),
      async endLeases() {
        // What time does: leases end, locks go, and a sweep has seen these tickets once before.
        for (const order of await redis.keys(`{avantlink}.${queue}:order:*`)) {
          if (await redis.hexists(order, "leased")) await redis.hset(order, "due", 0);
        }
        const active = await redis.lrange(`${prefix}active`, 0, -1);
        for (const id of active) {
          await redis.del(`${prefix}${id}:lock`);
          await redis.sadd(`${prefix}stalled`, id);
        }
        await redis.del(`${prefix}stalled-check`);
      },
      async holds(text) {
        return (await redisContents(redis, all)).includes(text);
      },
      end: () => removeKeys(redis, all),
    };
  });
}
