import { once } from "node:events";
import { createServer, type Server } from "node:net";
import type { AvantLinkError, Outbox } from "@avantlink-s2s/core";
import { type BullmqOutboxOptions, bullmqOutbox } from "@avantlink-s2s/outbox/bullmq";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Bench, bench } from "../conformance/bench.ts";
import { aJob, dead, delivered, keyOf, REFUSED, retry, stateIn } from "../conformance/jobs.ts";
import { ifInstalled, type OwnServer, ownRedis, redisService } from "../support/services.ts";
import { shiftedClock } from "../support/shifted-clock.ts";

const DAY_MS = 86_400_000;
const service = await redisService();
if (!("missing" in service)) await service.end();
const installed = await ifInstalled(ownRedis);

describe.skipIf(!installed)(
  installed ? "on a Redis of its own" : "on a Redis of its own (skipped: not installed)",
  () => {
    let server: OwnServer;
    let redis: Redis;
    let problems: AvantLinkError[];
    let opened: Outbox[];
    const prefix = "{avantlink}:orders:";

    beforeAll(() => {
      if (installed) server = installed;
    });
    beforeEach(async () => {
      redis = new Redis(server.url);
      redis.on("error", () => {});
      await redis.flushall();
      problems = [];
      opened = [];
    });
    afterEach(async () => {
      await server.start();
      for (const outbox of opened) await outbox.close();
      redis.disconnect();
    });
    afterAll(() => server.end());

    async function anOutbox(options: Partial<BullmqOutboxOptions> = {}): Promise<Outbox> {
      const outbox = bullmqOutbox({ connection: server.url, ...options });
      opened.push(outbox);
      const told = problems;
      await outbox.open(shiftedClock(), (error) => told.push(error));
      return outbox;
    }
    const codes = () => problems.map(({ code }) => code);

    describe("the server's own settings", () => {
      afterEach(async () => {
        await redis.config("SET", "appendfsync", "always");
        await redis.config("SET", "appendonly", "yes");
        await redis.config("SET", "maxmemory", "0");
        await redis.config("SET", "maxmemory-policy", "noeviction");
      });

      test("that lose nothing are no matter", async () => {
        await anOutbox();
        expect(problems).toEqual([]);
      });

      const weak: [string, [string, string][], RegExp][] = [
        ["keep nothing over a restart", [["appendonly", "no"]], /appendonly is no/],
        ["lose the last second", [["appendfsync", "everysec"]], /appendfsync is everysec/],
        [
          "drop keys when memory is full",
          [
            ["maxmemory", "100mb"],
            ["maxmemory-policy", "volatile-lru"],
          ],
          /maxmemory-policy is volatile-lru/,
        ],
      ];
      test.each(weak)("that %s are told once, and orders are taken", async (_, settings, message) => {
        for (const setting of settings) await redis.config("SET", ...setting);
        const outbox = await anOutbox();
        expect(codes()).toEqual(["outbox.at-risk"]);
        expect(problems[0]?.message).toMatch(message);
        expect(await outbox.put(aJob("1"))).toEqual({ status: "accepted" });
      });

      test("that it does not tell are no matter either", async () => {
        await redis.call("ACL", "SETUSER", "shop", "on", ">secret", "~*", "&*", "+@all", "-config");
        const outbox = await anOutbox({
          connection: {
            host: "127.0.0.1",
            port: Number(new URL(server.url).port),
            username: "shop",
            password: "secret",
          },
        });
        expect(problems).toEqual([]);
        expect(await outbox.put(aJob("1"))).toEqual({ status: "accepted" });
      });
    });

    describe("a key", () => {
      const daysLeft = async () => {
        const [key = ""] = await redis.keys(`${prefix}de:*`);
        return (await redis.pttl(key)) / DAY_MS;
      };

      test("stays taken for 400 days after its acceptance, whatever becomes of the order", async () => {
        const outbox = await anOutbox();
        await outbox.put(aJob("1"));
        const worker = await bench(outbox);
        (await worker.next()).answer(delivered);
        await expect.poll(() => stateIn(outbox, keyOf("1"))).toBe("delivered");
        expect(await daysLeft()).toBeGreaterThan(399.99);
        await worker.end();
      });

      test("stays taken for another 400 days when its letter is looked at, and is not extended when it is removed", async () => {
        const outbox = await anOutbox();
        await outbox.put(aJob("1"), { dead: REFUSED });
        const [key = ""] = await redis.keys(`${prefix}de:*`);
        await redis.pexpire(key, DAY_MS);
        await outbox.dead.list();
        expect(await daysLeft()).toBeGreaterThan(399.99);
        await redis.pexpire(key, 100 * DAY_MS);
        await outbox.dead.remove(keyOf("1"));
        expect(await daysLeft()).toBeLessThan(100.01);
        expect(await stateIn(outbox, keyOf("1"))).toBe("dead");
      });

      test("that was lost while its letter was still there is found again", async () => {
        const outbox = await anOutbox();
        await outbox.put(aJob("1"), { dead: REFUSED });
        const [key = ""] = await redis.keys(`${prefix}de:*`);
        await redis.del(key);
        expect(await outbox.dead.list()).toHaveLength(1);
        expect(await outbox.dead.retry(keyOf("1"))).toBe(true);
      });
    });

    test("any number of workers may die over one order", async () => {
      const outbox = await anOutbox();
      await outbox.put(aJob("1"));
      for (let deploys = 0; deploys < 4; deploys += 1) {
        const worker = await bench(await anOutbox());
        expect((await worker.next()).job.attempts).toBe(0);
        const [id = ""] = await redis.lrange(`${prefix}active`, 0, -1);
        await redis.del(`${prefix}${id}:lock`, `${prefix}stalled-check`);
        await redis.sadd(`${prefix}stalled`, id);
      }
      expect(await outbox.totals()).toMatchObject({ accepted: 1, pending: 1, dead: 0 });
      for (const outbox of opened.splice(1)) await outbox.close();
    });

    test("what was delivered while its lease was lost is not sent again when it comes back", async () => {
      const outbox = await anOutbox();
      await outbox.put(aJob("1"));
      const worker = await bench(outbox);
      const { answer } = await worker.next();
      const [id = ""] = await redis.lrange(`${prefix}active`, 0, -1);
      await redis.del(`${prefix}${id}:lock`);
      answer(delivered);
      await outbox.put(aJob("2"));
      const busy = await worker.next();
      // What a sweep does with a job whose lock is gone.
      await redis.multi().lrem(`${prefix}active`, 1, id).rpush(`${prefix}wait`, id).exec();
      busy.answer(delivered);
      await expect.poll(() => outbox.totals()).toMatchObject({ delivered: 2, pending: 0 });
      await worker.end();
    });

    describe("the index of what was tried", () => {
      const tried = () => redis.zcard(`${prefix}tried`);

      test("forgets what is delivered or dead, though nobody asks for totals", async () => {
        const outbox = await anOutbox();
        for (const number of ["1", "2", "3"]) await outbox.put(aJob(number));
        const worker = await bench(outbox, 3);
        const all = [await worker.next(), await worker.next(), await worker.next()];
        for (const { answer } of all) answer(retry(Date.now()));
        (await worker.next()).answer(delivered);
        (await worker.next()).answer(dead);
        const last = await worker.next();
        await expect.poll(tried).toBe(1);
        last.answer(delivered);
        await expect.poll(tried).toBe(0);
        await worker.end();
      });

      test("is rid of what a worker that died left in it, as others are tried", async () => {
        const outbox = await anOutbox();
        for (let left = 0; left < 4; left += 1) await redis.zadd(`${prefix}tried`, left, `left-${left}`);
        const worker = await bench(outbox);
        for (const number of ["1", "2"]) {
          await outbox.put(aJob(number));
          (await worker.next()).answer(retry(Date.now() + 3_600_000));
        }
        await expect.poll(tried).toBe(2);
        await worker.end();
      });

      test("knows when the oldest was accepted also of what was revived", async () => {
        const outbox = await anOutbox();
        const now = Date.now();
        await outbox.put(aJob("1", { acceptedAt: now - 9_000 }));
        const worker = await bench(outbox);
        (await worker.next()).answer(retry(now));
        (await worker.next()).answer(dead);
        await expect.poll(() => stateIn(outbox, keyOf("1"))).toBe("dead");
        await outbox.put(aJob("2", { acceptedAt: now - 5_000 }));
        (await worker.next()).answer(retry(now + 3_600_000));
        await worker.stop();
        await outbox.put(aJob("1", { acceptedAt: now - 1_000 }));
        expect(await outbox.totals()).toMatchObject({ pending: 2, oldestPendingAt: now - 5_000 });
        expect(await tried()).toBe(2);
      });

      test("knows it of a revived letter alone", async () => {
        const outbox = await anOutbox();
        await outbox.put(aJob("1"), { dead: REFUSED });
        const again = aJob("1");
        await outbox.put(again);
        expect(await outbox.totals()).toMatchObject({ pending: 1, oldestPendingAt: again.acceptedAt });
        const worker = await bench(outbox);
        (await worker.next()).answer(delivered);
        await expect.poll(() => stateIn(outbox, keyOf("1"))).toBe("delivered");
        await expect.poll(tried).toBe(0);
        await worker.end();
      });
    });

    describe("connections", () => {
      test("are made like a client that the shop has, which stays the shop's", async () => {
        const client = new Redis(server.url);
        const outbox = await anOutbox({ connection: client });
        await outbox.put(aJob("1"));
        const worker = await bench(outbox);
        (await worker.next()).answer(delivered);
        await worker.end();
        await opened.pop()?.close();
        expect(await client.ping()).toBe("PONG");
        client.disconnect();
      });

      test("share their orders by the queue's name, and by nothing else", async () => {
        const [one, other] = [await anOutbox(), await anOutbox({ queue: "second-shop" })];
        await one.put(aJob("1"));
        expect(await stateIn(other, keyOf("1"))).toBeUndefined();
        expect(await other.totals()).toMatchObject({ accepted: 0 });
      });

      test("that cannot be made are told within three seconds, and can be tried again", async () => {
        await server.stop("SIGKILL");
        const outbox = bullmqOutbox({ connection: server.url });
        await expect(outbox.open(shiftedClock(), () => {})).rejects.toMatchObject({
          code: "outbox.unavailable",
        });
        await server.start();
        await outbox.open(shiftedClock(), () => {});
        expect(await outbox.put(aJob("1"))).toEqual({ status: "accepted" });
        await outbox.close();
      });

      test("to a server that never answers are given up within three seconds", async () => {
        const silent: Server = createServer(() => {}).listen(0, "127.0.0.1");
        await once(silent, "listening");
        const address = silent.address();
        const port = typeof address === "object" ? address?.port : 0;
        const outbox = bullmqOutbox({ connection: { host: "127.0.0.1", port } });
        await expect(outbox.open(shiftedClock(), () => {})).rejects.toMatchObject({
          code: "outbox.unavailable",
        });
        await outbox.close();
        silent.close();
      });
    });

    test("while Redis is away orders are refused at once, it is told once, and all goes on when it is back", async () => {
      const outbox = await anOutbox();
      const worker = await bench(outbox, 2);
      await outbox.put(aJob("1"));
      const sent = await worker.next();
      await server.stop("SIGKILL");
      await expect(outbox.put(aJob("2"))).rejects.toMatchObject({ code: "outbox.unavailable" });
      await expect(outbox.totals()).rejects.toMatchObject({ code: "outbox.unavailable" });
      sent.answer(delivered);
      await expect.poll(codes).toEqual(["outbox.stalled"]);
      await server.start();
      await expect
        .poll(() => outbox.put(aJob("3")).catch(() => undefined), { timeout: 5_000 })
        .toEqual({ status: "accepted" });
      const next = await worker.next();
      expect(next.job.key).toBe(keyOf("3"));
      next.answer(delivered);
      await expect
        .poll(() => outbox.totals().catch(() => {}), { timeout: 5_000 })
        .toMatchObject({ accepted: 2, delivered: 2 });
      expect(codes()).toEqual(["outbox.stalled"]);
      await worker.end();
    });

    describe("a worker that is stopped while its connections wait to be tried again", () => {
      async function awayWithOneDelivered(): Promise<Bench> {
        // The next attempt is so far away that it does not help.
        const retryStrategy = () => 3_600_000;
        const { port } = new URL(server.url);
        const outbox = await anOutbox({
          connection: { host: "127.0.0.1", port: Number(port), retryStrategy },
        });
        const worker = await bench(outbox, 2);
        await outbox.put(aJob("1"));
        const sent = await worker.next();
        await server.stop("SIGKILL");
        await expect(outbox.totals()).rejects.toMatchObject({ code: "outbox.unavailable" });
        sent.answer(delivered);
        return worker;
      }

      test("settles what it had, if Redis is back", async () => {
        const worker = await awayWithOneDelivered();
        await server.start();
        await worker.stop();
        expect(await stateIn(await anOutbox(), keyOf("1"))).toBe("delivered");
      });

      test("ends all the same, if Redis is not", async () => {
        const worker = await awayWithOneDelivered();
        await worker.stop();
        await server.start();
        expect(await stateIn(await anOutbox(), keyOf("1"))).toBe("pending");
      });
    });

    test("closing does not wait for a Redis that is away", async () => {
      const outbox = await anOutbox();
      const worker = await bench(outbox);
      await outbox.put(aJob("1"));
      (await worker.next()).answer(delivered);
      await server.stop("SIGKILL");
      await opened.pop()?.close();
      await expect(outbox.put(aJob("2"))).rejects.toMatchObject({ code: "outbox.unavailable" });
    });
  },
);

describe("options", () => {
  const wrong: [string, object, RegExp][] = [
    ["no connection", {}, /connection: expected/],
    ["an empty address", { connection: "" }, /connection: expected/],
    ["a queue with a colon", { connection: {}, queue: "a:b" }, /queue: expected a name/],
    ["one that nobody knows", { connection: {}, prefix: "x" }, /prefix: is not an option/],
  ];
  test.each(wrong)("%s is refused when the outbox is made", (_, options, message) => {
    expect(() => bullmqOutbox(options as BullmqOutboxOptions)).toThrow(message);
  });
});
