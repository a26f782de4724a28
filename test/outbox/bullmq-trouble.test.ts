import type { AvantLinkError, Outbox } from "@avantlink-s2s/core";
import { type BullmqOutboxOptions, bullmqOutbox } from "@avantlink-s2s/outbox/bullmq";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { bench } from "../conformance/bench.ts";
import { aJob, delivered, keyOf } from "../conformance/jobs.ts";
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

    async function anOutbox(options: Partial<BullmqOutboxOptions> = {}): Promise<Outbox> {
      const outbox = bullmqOutbox({ connection: server.url, ...options });
      opened.push(outbox);
      const told = problems;
      await outbox.open(shiftedClock(), (error) => told.push(error));
      return outbox;
    }
    const codes = () => problems.map(({ code }) => code);

    describe("that is silent, its connections open,", () => {
      /** Makes the server silent. Returns how it goes on. */
      async function hang(): Promise<() => void> {
        const pid = Number(/process_id:(\d+)/.exec(await redis.info("server"))?.[1]);
        const goOn = () => void process.kill(pid, "SIGCONT");
        process.kill(pid, "SIGSTOP");
        onTestFinished(goOn);
        return goOn;
      }

      test("is told once, and orders are delivered when it goes on", async () => {
        const outbox = await anOutbox();
        const worker = await bench(outbox);
        await outbox.put(aJob("1"));
        const { answer } = await worker.next();
        const goOn = await hang();
        await expect.poll(codes, PATIENT).toEqual(["outbox.stalled"]);
        answer(delivered);
        goOn();
        await expect.poll(() => outbox.state(keyOf("1")).catch(() => {}), PATIENT).toBe("delivered");
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

      test("stores nothing that was refused after it was seen to be silent", async () => {
        const outbox = await anOutbox();
        const goOn = await hang();
        const refused = { code: "outbox.unavailable" };
        await expect(outbox.put(aJob("seen"))).rejects.toMatchObject(refused);
        for (const number of ["1", "2"])
          await expect(outbox.put(aJob(number))).rejects.toMatchObject(refused);
        goOn();
        const putting = () => outbox.put(aJob("3")).catch(() => undefined);
        await expect.poll(putting, PATIENT).toEqual({ accepted: true });
        for (const number of ["1", "2"]) expect(await outbox.state(keyOf(number))).toBeUndefined();
      });
    });
  },
);
