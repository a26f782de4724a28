import { inspect } from "node:util";
import type { AvantLinkError, Outbox } from "@avantlink-s2s/core";
import { type BullmqOutboxOptions, bullmqOutbox } from "@avantlink-s2s/outbox/bullmq";
import { aJob, bench } from "@avantlink-s2s/outbox/testing";
import { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { ifInstalled, type OwnServer, ownRedis } from "../support/services.ts";
import { shiftedClock } from "../support/shifted-clock.ts";

const SECRET = /secret|the-shopper/;
/** Whatever a log or a debugger can show of an error. */
const everything = (error: unknown) => inspect(error, { depth: 20, showHidden: true });
const failureOf = (work: Promise<unknown>) => work.then(() => undefined).catch((error: unknown) => error);

describe("an address that is mistyped", () => {
  test.each([
    "redis//:secret@redis.example",
    "redis:/:secret@redis.example",
    "http://:secret@redis.example",
    "redis://:sec/ret@redis.example:port",
    ":secret@redis.example",
  ])("is rejected when the outbox is made, without its password: %s", (connection) => {
    let failure: unknown;
    try {
      bullmqOutbox({ connection });
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({ code: "config.invalid", issues: [{ path: "connection" }] });
    expect(everything(failure)).not.toMatch(SECRET);
    expect(everything(failure)).not.toContain("sec/ret");
  });
});

const installed = await ifInstalled(ownRedis);

describe.skipIf(!installed)(
  installed ? "an error of Redis" : "an error of Redis (skipped: not installed)",
  () => {
    let server: OwnServer;
    let redis: Redis;
    let opened: Outbox[];
    let reported: AvantLinkError[];

    beforeAll(() => {
      if (installed) server = installed;
    });
    beforeEach(async () => {
      redis = new Redis(server.url);
      await redis.flushall();
      opened = [];
      reported = [];
    });
    afterEach(async () => {
      for (const outbox of opened) await outbox.close();
      redis.disconnect();
    });
    afterAll(() => server.end());

    async function anOutbox(connection: BullmqOutboxOptions["connection"] = server.url): Promise<Outbox> {
      const outbox = bullmqOutbox({ connection });
      opened.push(outbox);
      await outbox.open(shiftedClock(), (error) => reported.push(error));
      return outbox;
    }
    const withPassword = (password: string) => server.url.replace("//", `//:${password}@`);
    const anOrder = aJob("1", { body: '{"of":"the-shopper"}' });

    const troubles: [code: string, refuse: [string, string], accept: [string, string], sentence: RegExp][] = [
      ["OOM", ["maxmemory", "1"], ["maxmemory", "0"], /memory of Redis is full \(maxmemory\)/],
      ["NOREPLICAS", ["min-replicas-to-write", "1"], ["min-replicas-to-write", "0"], /fewer replicas than/],
      ["READONLY", ["replicaof", "127.0.0.1 1"], ["replicaof", "no one"], /read-only replica/],
    ];
    const set = async ([name, value]: [string, string]) => {
      if (name === "replicaof") await redis.call("REPLICAOF", ...value.split(" "));
      else await redis.config("SET", name, value);
    };

    test.each(troubles)(
      "%s says why an order was not stored, and holds nothing of the order",
      async (code, refuse, accept, sentence) => {
        const outbox = await anOutbox();
        await set(refuse);
        const refused = await failureOf(outbox.put(anOrder));
        const second = bullmqOutbox({ connection: server.url });
        const unopened = await failureOf(second.open(shiftedClock(), () => {}));
        await set(accept);
        for (const failure of [refused, unopened]) {
          expect(failure).toMatchObject({
            code: "outbox.unavailable",
            message: expect.stringMatching(sentence),
          });
          expect(failure).toMatchObject({ message: expect.stringContaining(`(${code})`) });
          expect(failure).not.toHaveProperty("cause");
          expect(everything(failure)).not.toMatch(SECRET);
        }
        await expect
          .poll(() => outbox.put(anOrder).catch(() => undefined), { timeout: 5_000 })
          .toEqual({ status: "accepted" });
      },
    );

    describe("about a password", () => {
      afterEach(() => redis.config("SET", "requirepass", ""));

      test("that is wrong says so, without the password", async () => {
        await redis.config("SET", "requirepass", "right-secret");
        const failure = await failureOf(anOutbox(withPassword("wrong-secret")));
        expect(failure).toMatchObject({ code: "outbox.unavailable" });
        expect(failure).not.toHaveProperty("cause");
        expect(failure).toMatchObject({
          message: expect.stringMatching(/rejected the user or the password/),
        });
        expect(everything(failure)).not.toMatch(SECRET);
      });

      test("that is missing says so", async () => {
        await redis.config("SET", "requirepass", "right-secret");
        const failure = await failureOf(anOutbox());
        expect(failure).toMatchObject({ code: "outbox.unavailable" });
        expect(failure).toMatchObject({ message: expect.stringMatching(/asks for a password/) });
      });

      test("that was changed while orders come says so, and all goes on when it is changed back", async () => {
        await redis.config("SET", "requirepass", "first-secret");
        const outbox = await anOutbox(withPassword("first-secret"));
        const worker = await bench(outbox);
        await redis.config("SET", "requirepass", "second-secret");
        await redis.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        await expect
          .poll(() => reported.map(({ code }) => code), { timeout: 5_000 })
          .toEqual(["outbox.stalled"]);
        let refused: unknown;
        await expect
          .poll(async () => {
            refused = await failureOf(outbox.put(anOrder));
            return refused;
          })
          .toMatchObject({
            code: "outbox.unavailable",
            message: expect.stringMatching(/rejected the user or the password/),
          });
        for (const failure of [refused, ...reported]) expect(everything(failure)).not.toMatch(SECRET);
        await redis.config("SET", "requirepass", "first-secret");
        await expect
          .poll(() => outbox.put(anOrder).catch(() => undefined), { timeout: 5_000 })
          .toEqual({ status: "accepted" });
        await worker.next();
        await worker.end();
      });
    });
  },
);
