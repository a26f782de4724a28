import type { AvantLinkError, Outbox, Runtime } from "@avantlink-s2s/core";
import { type BullmqOutboxOptions, bullmqOutbox } from "@avantlink-s2s/outbox/bullmq";
import { aJob, bench, dead, delivered, keyOf, REFUSED, retry, stateIn } from "@avantlink-s2s/outbox/testing";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { ifInstalled, type OwnServer, ownRedis } from "../support/services.ts";
import { shiftedClock } from "../support/shifted-clock.ts";

const installed = await ifInstalled(ownRedis);
const PATIENT = { timeout: 15_000 };

describe.skipIf(!installed)(
  installed ? "a Redis in trouble" : "a Redis in trouble (skipped: not installed)",
  () => {
    let server: OwnServer;
    let redis: Redis;
    let problems: AvantLinkError[];
    let opened: Outbox[];

    beforeAll(() => {
      if (installed) server = installed;
    });
    beforeEach(async () => {
      redis = new Redis(server.url);
      await redis.flushall();
      problems = [];
      opened = [];
    });
    afterEach(async () => {
      for (const outbox of opened) await outbox.close();
      redis.disconnect();
    });
    afterAll(() => server.end());

    async function anOutbox(
      options: Partial<BullmqOutboxOptions> = {},
      runtime: Runtime = shiftedClock(),
    ): Promise<Outbox> {
      const outbox = bullmqOutbox({ connection: server.url, ...options });
      opened.push(outbox);
      const reports = problems;
      await outbox.open(runtime, (error) => reports.push(error));
      return outbox;
    }
    const due = "{avantlink}.orders:due";
    const codes = () => problems.map(({ code }) => code);

    describe("that refuses writes", () => {
      /** As a Redis without enough replicas does. After a failover or on a full disk the code is another. */
      const refuse = () => redis.config("SET", "min-replicas-to-write", "1");
      const accept = () => redis.config("SET", "min-replicas-to-write", "0");
      const failedCalls = async () => {
        const line = /cmdstat_evalsha:.*/.exec(await redis.info("commandstats"))?.[0] ?? "";
        return Number(/failed_calls=(\d+)/.exec(line)?.[1] ?? 0);
      };
      afterEach(accept);

      test("is reported once, and no more orders are sent than are delivered at a time until each verdict is stored", async () => {
        const outbox = await anOutbox();
        for (const number of ["1", "2", "3", "4"]) await outbox.put(aJob(number));
        const worker = await bench(outbox, 2);
        const both = [await worker.next(), await worker.next()];
        await refuse();
        for (const { answer } of both) answer(delivered);
        await expect.poll(codes).toEqual(["outbox.stalled"]);
        await accept();
        const third = await worker.next();
        expect(await outbox.totals()).toMatchObject({ delivered: 2, pending: 2 });
        third.answer(delivered);
        (await worker.next()).answer(delivered);
        await expect.poll(() => outbox.totals()).toMatchObject({ delivered: 4, pending: 0 });
        expect(codes()).toEqual(["outbox.stalled"]);
        await worker.end();
      });

      test("is asked again only after a pause, though more could be delivered at a time", async () => {
        let pauses = 0;
        const clock = shiftedClock();
        const outbox = await anOutbox(
          {},
          {
            ...clock,
            after(...timer) {
              pauses += 1;
              return clock.after(...timer);
            },
          },
        );
        for (const number of ["1", "2", "3"]) await outbox.put(aJob(number));
        const worker = await bench(outbox, 2);
        const both = [await worker.next(), await worker.next()];
        await refuse();
        const before = await failedCalls();
        both[0]?.answer(delivered);
        pauses = 0;
        await expect.poll(() => pauses, PATIENT).toBeGreaterThan(5);
        expect((await failedCalls()) - before).toBeLessThan(4 * pauses);
        await accept();
        await worker.end();
      });

      test("neither moves a retry nor counts an attempt that does not count", async () => {
        const outbox = await anOutbox();
        await outbox.put(aJob("1"));
        const worker = await bench(outbox);
        const { answer } = await worker.next();
        const at = Date.now() + 3_600_000;
        await refuse();
        answer(retry(at, false));
        await expect.poll(codes).toEqual(["outbox.stalled"]);
        await accept();
        await expect
          .poll(() => outbox.find(keyOf("1")), PATIENT)
          .toMatchObject({ attempts: 0, lastAttempts: [{}] });
        const found = await outbox.find(keyOf("1"));
        expect(Math.abs((found?.status === "pending" ? found.dueAt : 0) - at)).toBeLessThan(10_000);
        await worker.end();
      });

      test("gets the dead letter when it accepts writes again", async () => {
        const outbox = await anOutbox();
        await outbox.put(aJob("1"));
        const worker = await bench(outbox);
        const { answer } = await worker.next();
        await refuse();
        answer(dead);
        await expect.poll(codes).toEqual(["outbox.stalled"]);
        await accept();
        await expect.poll(() => outbox.dead.list(), PATIENT).toMatchObject([{ reason: REFUSED }]);
        await worker.end();
      });

      test("lets a worker stop: the order that could not be settled stays pending", async () => {
        const outbox = await anOutbox();
        await outbox.put(aJob("1"));
        const worker = await bench(outbox);
        const { answer } = await worker.next();
        await refuse();
        answer(delivered);
        await worker.stop();
        await accept();
        expect(await outbox.totals()).toMatchObject({ delivered: 0, pending: 1 });
      });
    });

    describe("that refused a verdict for longer than an order is leased", () => {
      let shop: BullmqOutboxOptions["connection"];
      const refuse = () => redis.call("ACL", "SETUSER", "shop", "-@write");
      const accept = () => redis.call("ACL", "SETUSER", "shop", "+@write");
      beforeEach(async () => {
        await redis.call("ACL", "SETUSER", "shop", "reset", "on", ">secret", "~*", "&*", "+@all");
        const { port } = new URL(server.url);
        shop = { host: "127.0.0.1", port: Number(port), username: "shop", password: "secret" };
      });

      async function deliveredAndRefused() {
        const outbox = await anOutbox({ connection: shop });
        await outbox.put(aJob("1"));
        const worker = await bench(outbox);
        const { answer } = await worker.next();
        await refuse();
        answer(delivered);
        await expect.poll(codes).toEqual(["outbox.stalled"]);
        return { outbox, worker };
      }
      const endLease = () => redis.zadd(due, 0, keyOf("1"));

      test("gets the verdict if no other worker has leased the order", async () => {
        const { outbox, worker } = await deliveredAndRefused();
        await endLease();
        await accept();
        await expect.poll(() => stateIn(outbox, keyOf("1")), PATIENT).toBe("delivered");
        expect(await outbox.totals()).toMatchObject({ delivered: 1, pending: 0 });
        await worker.end();
      });

      test("does not get the verdict if another worker has leased the order", async () => {
        const { worker } = await deliveredAndRefused();
        await endLease();
        const second = await anOutbox();
        const others = await bench(second);
        await others.next();
        await accept();
        await expect.poll(() => second.put(aJob("2")), PATIENT).toEqual({ status: "accepted" });
        const next = await worker.next();
        expect(next.job.key).toBe(keyOf("2"));
        expect(await second.totals()).toMatchObject({ delivered: 0, pending: 2 });
        await worker.end();
        await others.end();
      });
    });

    describe("that keeps its connections open and does not answer", () => {
      /** Stops the server. Returns a function that lets it go on. */
      async function hang(): Promise<() => void> {
        const pid = Number(/process_id:(\d+)/.exec(await redis.info("server"))?.[1]);
        const goOn = () => void process.kill(pid, "SIGCONT");
        process.kill(pid, "SIGSTOP");
        onTestFinished(goOn);
        return goOn;
      }

      test("is reported once, and orders are delivered when it goes on", async () => {
        const outbox = await anOutbox();
        const worker = await bench(outbox, 2);
        await outbox.put(aJob("1"));
        const { answer } = await worker.next();
        const goOn = await hang();
        await expect.poll(codes, PATIENT).toEqual(["outbox.stalled"]);
        answer(delivered);
        goOn();
        await expect.poll(() => stateIn(outbox, keyOf("1")).catch(() => {}), PATIENT).toBe("delivered");
        expect(codes()).toEqual(["outbox.stalled"]);
        await worker.stop();
      });

      test("lets a worker stop", async () => {
        const outbox = await anOutbox();
        const worker = await bench(outbox);
        await outbox.put(aJob("1"));
        const { answer } = await worker.next();
        const goOn = await hang();
        answer(delivered);
        await worker.stop();
        goOn();
      });

      test("stores no order that is put after the first one was not answered", async () => {
        const outbox = await anOutbox();
        const goOn = await hang();
        const refused = { code: "outbox.unavailable" };
        await expect(outbox.put(aJob("seen"))).rejects.toMatchObject(refused);
        for (const number of ["1", "2"])
          await expect(outbox.put(aJob(number))).rejects.toMatchObject(refused);
        goOn();
        const putting = () => outbox.put(aJob("3")).catch(() => undefined);
        await expect.poll(putting, PATIENT).toEqual({ status: "accepted" });
        for (const number of ["1", "2"]) expect(await stateIn(outbox, keyOf(number))).toBeUndefined();
      });
    });
  },
);
