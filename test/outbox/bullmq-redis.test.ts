import { once } from "node:events";
import { createServer, type Server } from "node:net";
import type { AvantLinkError, Outbox } from "@avantlink-s2s/core";
import { type BullmqOutboxOptions, bullmqOutbox } from "@avantlink-s2s/outbox/bullmq";
import {
  aJob,
  type Bench,
  bench,
  delivered,
  keyOf,
  REFUSED,
  retry,
  stateIn,
} from "@avantlink-s2s/outbox/testing";
import { Queue } from "bullmq";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { redisContents } from "../support/redis-contents.ts";
import { ifInstalled, type OwnServer, ownRedis, redisService } from "../support/services.ts";
import { type ShiftedClock, shiftedClock } from "../support/shifted-clock.ts";

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
    const tickets = "{avantlink}:orders:";
    const books = "{avantlink}.orders:";
    let clock: ShiftedClock;
    let queues: Queue[];

    beforeAll(() => {
      if (installed) server = installed;
    });
    beforeEach(async () => {
      redis = new Redis(server.url);
      redis.on("error", () => {});
      await redis.flushall();
      problems = [];
      opened = [];
      queues = [];
      clock = shiftedClock();
    });
    afterEach(async () => {
      await server.start();
      for (const queue of queues) await queue.close();
      for (const outbox of opened) await outbox.close();
      redis.disconnect();
    });
    afterAll(() => server.end());

    async function anOutbox(options: Partial<BullmqOutboxOptions> = {}): Promise<Outbox> {
      const outbox = bullmqOutbox({ connection: server.url, ...options });
      opened.push(outbox);
      const reports = problems;
      await outbox.open(clock, (error) => reports.push(error));
      return outbox;
    }
    /** The queue of tickets, as BullMQ's own tools see it. */
    async function aQueue(): Promise<Queue> {
      const queue = new Queue("orders", { connection: redis, prefix: "{avantlink}" });
      queues.push(queue);
      return queue;
    }
    const codes = () => problems.map(({ code }) => code);
    /** What half a minute does when its worker has died. */
    const endLease = (number: string) => redis.zadd(`${books}due`, 0, keyOf(number));

    describe("the settings of the server", () => {
      afterEach(async () => {
        await redis.config("SET", "appendfsync", "always");
        await redis.config("SET", "appendonly", "yes");
        await redis.config("SET", "maxmemory", "0");
        await redis.config("SET", "maxmemory-policy", "noeviction");
      });

      test("are not reported if they lose nothing", async () => {
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
      test.each(weak)(
        "are reported once if they %s, and orders are accepted",
        async (_, settings, message) => {
          for (const setting of settings) await redis.config("SET", ...setting);
          const outbox = await anOutbox();
          expect(codes()).toEqual(["outbox.at-risk"]);
          expect(problems[0]?.message).toMatch(message);
          expect(await outbox.put(aJob("1"))).toEqual({ status: "accepted" });
        },
      );

      test("are not reported if Redis does not let them be read", async () => {
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
      const daysLeft = async () => (await redis.pttl(`${books}settled:${keyOf("1")}`)) / DAY_MS;

      test("stays taken for 400 days after the order was delivered", async () => {
        const outbox = await anOutbox();
        await outbox.put(aJob("1"));
        const worker = await bench(outbox);
        (await worker.next()).answer(delivered);
        await expect.poll(() => stateIn(outbox, keyOf("1"))).toBe("delivered");
        expect(await daysLeft()).toBeGreaterThan(399.99);
        await worker.end();
      });

      test("stays taken as long as its dead letter is there, and for 400 days after the letter is removed", async () => {
        const outbox = await anOutbox();
        await outbox.put(aJob("1"), { dead: REFUSED });
        expect(await redis.pttl(`${books}order:${keyOf("1")}`)).toBe(-1);
        await outbox.dead.remove(keyOf("1"));
        expect(await daysLeft()).toBeGreaterThan(399.99);
        expect(await stateIn(outbox, keyOf("1"))).toBe("dead");
      });
    });

    describe("the queue in BullMQ", () => {
      test("holds the key of an order and nothing else of it", async () => {
        const outbox = await anOutbox();
        await outbox.put(aJob("secret-number", { body: '{"of":"the-shopper"}' }));
        const queue = await aQueue();
        await expect.poll(() => queue.getWaitingCount()).toBe(1);
        const [ticket] = await queue.getWaiting();
        expect(ticket?.id).toBe(keyOf("secret-number"));
        expect(await redisContents(redis, `${tickets}*`)).not.toMatch(/secret-number|the-shopper/);
      });

      test("may be emptied by BullMQ's own tools: the orders are still delivered", async () => {
        const outbox = await anOutbox();
        for (const number of ["1", "2"]) await outbox.put(aJob(number));
        const worker = await bench(outbox);
        (await worker.next()).answer(retry(Date.now() + 200));
        await worker.next();
        await expect.poll(() => outbox.find(keyOf("1"))).toMatchObject({ attempts: 1 });
        await (await aQueue()).obliterate({ force: true });
        await (await aQueue()).resume();
        const second = await anOutbox();
        const others = await bench(second, 2);
        expect((await others.next()).job).toMatchObject({ key: keyOf("1"), attempts: 1 });
        for (const outbox of opened) await outbox.close();
      });
    });

    test("an order is handed out again when its worker died and its ticket is gone", async () => {
      const outbox = await anOutbox();
      await outbox.put(aJob("1"));
      await (await bench(outbox)).next();
      await (await aQueue()).obliterate({ force: true });
      await (await aQueue()).resume();
      await endLease("1");
      const worker = await bench(await anOutbox());
      expect((await worker.next()).job.key).toBe(keyOf("1"));
      for (const outbox of opened) await outbox.close();
    });

    test("all that is due is delivered, however many at a time", async () => {
      const outbox = await anOutbox();
      await Promise.all(Array.from({ length: 300 }, (_, number) => outbox.put(aJob(`${number}`))));
      await (await aQueue()).obliterate({ force: true });
      await (await aQueue()).resume();
      const due = await outbox.deliverDue(async () => delivered, { concurrency: 150, timeoutMs: 10_000 });
      expect(due).toMatchObject({ delivered: 300, timedOut: false });
    });

    test("an order whose record Redis dropped is tracked anew, and holds up no other", async () => {
      const outbox = await anOutbox();
      for (const number of ["1", "2"]) await outbox.put(aJob(number));
      await redis.del(`${books}order:${keyOf("1")}`);
      const deliver = () => outbox.deliverDue(async () => delivered, { concurrency: 2, timeoutMs: 5_000 });
      expect(await deliver()).toMatchObject({ delivered: 1 });
      expect(await outbox.totals()).toMatchObject({ accepted: 1, pending: 0 });
      expect(await outbox.put(aJob("1"))).toEqual({ status: "accepted" });
      expect(await deliver()).toMatchObject({ delivered: 1 });
    });

    test("an order that an earlier version stored is delivered, and a retry keeps its time", async () => {
      const outbox = await anOutbox();
      await outbox.put(aJob("1"));
      const worker = await bench(outbox);
      (await worker.next()).answer(retry(clock.now() + DAY_MS));
      await expect.poll(() => outbox.find(keyOf("1"))).toMatchObject({ attempts: 1 });
      await worker.end();
      await outbox.put(aJob("2"));
      // The earlier version had no index of what is due.
      await redis.zrem(`${books}due`, keyOf("2"));
      const deliver = async () => delivered;
      const due = await (await anOutbox()).deliverDue(deliver, { concurrency: 4, timeoutMs: 5_000 });
      expect(due).toMatchObject({ delivered: 1 });
      expect(await outbox.totals()).toMatchObject({ delivered: 1, pending: 1 });
    });

    test("the orders of a newer version are refused when the outbox is opened, and left as they are", async () => {
      await (await anOutbox()).put(aJob("1"));
      await redis.hset(`${books}counts`, "version", "99");
      await redis.zrem(`${books}due`, keyOf("1"));
      await expect(anOutbox()).rejects.toMatchObject({
        code: "outbox.unfit",
        message: expect.stringContaining("newer version"),
      });
      expect(await redis.zcard(`${books}due`)).toBe(0);
    });

    test("an order survives any number of workers that die while they send it", async () => {
      const outbox = await anOutbox();
      await outbox.put(aJob("1"));
      for (let deploys = 0; deploys < 4; deploys += 1) {
        const worker = await bench(await anOutbox());
        expect((await worker.next()).job.attempts).toBe(0);
        await endLease("1");
      }
      expect(await outbox.totals()).toMatchObject({ accepted: 1, pending: 1, dead: 0 });
      for (const outbox of opened.splice(1)) await outbox.close();
    });

    test("an order that is being sent is not sent again, though BullMQ has another ticket for it", async () => {
      const outbox = await anOutbox();
      await outbox.put(aJob("1"));
      const worker = await bench(outbox, 2);
      const { answer } = await worker.next();
      await (await aQueue()).add("order", null, { jobId: keyOf("1") });
      await outbox.put(aJob("2"));
      expect((await worker.next()).job.key).toBe(keyOf("2"));
      answer(delivered);
      await outbox.put(aJob("3"));
      expect((await worker.next()).job.key).toBe(keyOf("3"));
      expect(await outbox.totals()).toMatchObject({ delivered: 1, pending: 2 });
      await worker.end();
    });

    test("a ticket that died with its worker is given out again", async () => {
      const outbox = await anOutbox();
      await outbox.put(aJob("1"));
      // BullMQ moves a ticket whose lock has run out back to the waiting ones.
      await expect
        .poll(() => redis.lmove(`${tickets}wait`, `${tickets}active`, "LEFT", "LEFT"))
        .toBe(keyOf("1"));
      await redis.sadd(`${tickets}stalled`, keyOf("1"));
      const worker = await bench(await anOutbox());
      expect((await worker.next()).job.key).toBe(keyOf("1"));
      await worker.end();
    });

    test("a shop's clock that is set back delays no retry, because Redis's clock counts", async () => {
      const outbox = await anOutbox();
      await outbox.put(aJob("1"));
      const worker = await bench(outbox);
      (await worker.next()).answer(retry(clock.now() + 300));
      await expect.poll(() => outbox.find(keyOf("1"))).toMatchObject({ attempts: 1 });
      clock.shift(-3_600_000);
      expect((await worker.next()).job).toMatchObject({ key: keyOf("1"), attempts: 1 });
      await worker.end();
    });

    test("an order that is being sent is not erased by a machine whose clock is behind", async () => {
      const outbox = await anOutbox();
      await outbox.put(aJob("1"));
      const worker = await bench(outbox);
      const { answer } = await worker.next();
      clock.shift(-3_000);
      expect(await outbox.forget(keyOf("1"))).toEqual({ status: "sending" });
      answer(delivered);
      await expect.poll(() => stateIn(outbox, keyOf("1"))).toBe("delivered");
      await worker.end();
    });

    describe("connections", () => {
      test("read numbers as numbers, whatever the shop's client does", async () => {
        const client = new Redis(server.url, { stringNumbers: true });
        const outbox = await anOutbox({ connection: client });
        expect(await outbox.put(aJob("1"))).toEqual({ status: "accepted" });
        client.disconnect();
      });

      test("take the options of an ioredis client, and leave the client alone", async () => {
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

      test("drop the key prefix of an ioredis client, so that all processes see the same orders", async () => {
        const client = new Redis(server.url, { keyPrefix: "shop:" });
        const [one, other] = [await anOutbox({ connection: client }), await anOutbox()];
        await one.put(aJob("1"));
        expect(await stateIn(other, keyOf("1"))).toBe("pending");
        client.disconnect();
      });

      test("share the orders of the queue of that name only", async () => {
        const [one, other] = [await anOutbox(), await anOutbox({ queue: "second-shop" })];
        await one.put(aJob("1"));
        expect(await stateIn(other, keyOf("1"))).toBeUndefined();
        expect(await other.totals()).toMatchObject({ accepted: 0 });
      });

      test("that fail are reported within three seconds, and can be tried again", async () => {
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

      test("to a server that never answers fail within three seconds", async () => {
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

    test("a Redis that is away rejects orders at once and is reported once, and delivery goes on when it is back", async () => {
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

    describe("a worker that is stopped while Redis is away", () => {
      async function awayWithOneDelivered(): Promise<Bench> {
        // A shop that lets ioredis wait this long does not make the outbox wait.
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

      test("settles its orders if Redis comes back", async () => {
        const worker = await awayWithOneDelivered();
        await server.start();
        await worker.stop();
        expect(await stateIn(await anOutbox(), keyOf("1"))).toBe("delivered");
      });

      test("ends if Redis does not come back, and leaves its orders pending", async () => {
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
    ["an unknown option", { connection: {}, prefix: "x" }, /prefix: is not an option/],
  ];
  test.each(wrong)("%s is rejected when the outbox is made", (_, options, message) => {
    expect(() => bullmqOutbox(options as BullmqOutboxOptions)).toThrow(message);
  });
});
