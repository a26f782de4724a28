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
    const book = `{avantlink}.${queue}:`;
    // BullMQ's keys and the outbox's own.
    const all = `{avantlink}?${queue}:*`;
    return {
      runtime: shiftedClock(),
      // Redis's clock was ahead before.
      async setClockBack(ms) {
        await redis.hincrby(`${book}counts`, "clock", ms);
        for (const order of await redis.zrange(`${book}due`, "0", "-1"))
          await redis.zincrby(`${book}due`, ms, order);
      },
      process: () => processOn({ kind: "bullmq", url, queue }),
      outbox: async () => bullmqOutbox({ connection: url, queue }),
      async endLeases() {
        for (const key of await redis.zrange(`${book}due`, "0", "-1")) {
          if (await redis.hexists(`${book}order:${key}`, "leased")) await redis.zadd(`${book}due`, 0, key);
        }
      },
      async holds(text) {
        return (await redisContents(redis, all)).includes(text);
      },
      end: () => removeKeys(redis, all),
    };
  });
}
