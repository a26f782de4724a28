import { setImmediate } from "node:timers/promises";
import type { AvantLinkError, Outbox, OutboxTotals, Runtime, Verdict } from "@avantlink-s2s/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Bench, bench } from "./bench.ts";
import { aJob, dead, delivered, keyOf, REFUSED, retry, stateIn } from "./jobs.ts";

/** An empty store, made for one test. */
export interface TestStore {
  /** The clock that outboxes on this store are opened with. */
  readonly runtime: Runtime;
  /** Makes an outbox on the store, as one more process would. */
  outbox(): Promise<Outbox>;
  /** Starts a process with an outbox on the store; see {@link Skips.processes}. */
  process?(): Promise<TestProcess>;
  /** Brings about what setting the store's clock back by this long brings about. A store without a clock has none. */
  setClockBack?(ms: number): Promise<void>;
  /** Brings about what 60 seconds bring about: every lease has run out, and the store knows it. */
  endLeases(): Promise<void>;
  /** Whether a text stands in anything that the store holds now. */
  holds?(text: string): Promise<boolean>;
  /** Lets go of everything, after the outboxes were closed. */
  end(): Promise<void>;
}

/** A process of its own with an open outbox. */
export interface TestProcess {
  /** Puts an order of each number, all at once, and returns the numbers that were accepted. */
  put(numbers: readonly string[]): Promise<readonly string[]>;
  /** Runs a delivery that never ends, and returns when a job was claimed. */
  hang(): Promise<void>;
  /** Kills the process as a power cut would. */
  kill(): Promise<void>;
}

/** What a store cannot do by its nature, with the reason why. */
export interface Skips {
  /** Several outboxes on one store, in one process or in several. */
  readonly shared?: string;
  /** Several processes on one store, where several outboxes in one process can share it. */
  readonly processes?: string;
  /** Looking into the store from outside. */
  readonly inspection?: string;
}

/** Proves that an outbox keeps the contract, as far as it can be seen from outside. */
export function testOutbox(name: string, makeStore: () => Promise<TestStore>, skips: Skips = {}): void {
  const because = (title: string, reason?: string) => (reason ? `${title} (skipped: ${reason})` : title);
  const testShared = (title: string, run: () => Promise<void>) =>
    test.skipIf(skips.shared)(because(title, skips.shared), run);
  const processes = skips.shared ?? skips.processes;
  const testProcesses = (title: string, run: () => Promise<void>) =>
    test.skipIf(processes)(because(title, processes), run);

  describe(`the ${name} outbox`, () => {
    let store: TestStore;
    let outbox: Outbox;
    let ending: (() => Promise<unknown>)[] = [];

    beforeEach(async () => {
      ending = [];
      store = await makeStore();
      outbox = await another();
    });

    afterEach(async () => {
      for (const end of ending.reverse()) await end();
      await store.end();
    });

    /** One more outbox on the store. */
    async function another(problems: AvantLinkError[] = []): Promise<Outbox> {
      const made = await store.outbox();
      await made.open(store.runtime, (error) => problems.push(error));
      ending.push(() => made.close());
      return made;
    }

    async function run(on = outbox, concurrency = 1): Promise<Bench> {
      const running = await bench(on, concurrency);
      ending.push(() => running.end());
      return running;
    }

    async function child(): Promise<TestProcess> {
      if (!store.process) throw new Error("The store gives no process; name the reason in Skips.processes.");
      const started = await store.process();
      ending.push(() => started.kill());
      return started;
    }

    async function put(...orderNumbers: string[]): Promise<void> {
      for (const number of orderNumbers)
        expect(await outbox.put(aJob(number))).toEqual({ status: "accepted" });
    }

    /** Puts an order that was refused. */
    async function putDead(orderNumber: string): Promise<void> {
      const put = await outbox.put(aJob(orderNumber), { dead: REFUSED });
      expect(put).toEqual({ status: "accepted" });
    }

    const totals = async (of = outbox): Promise<OutboxTotals> => {
      const { oldestPendingAt: _, ...counts } = await of.totals();
      return counts;
    };
    const settled = (orderNumber: string, state: string, of = outbox) =>
      expect.poll(() => stateIn(of, keyOf(orderNumber)), { timeout: 10_000 }).toBe(state);
    const NONE = { accepted: 0, delivered: 0, pending: 0, dead: 0, removed: 0 };

    describe("taking an order", () => {
      test("takes a key once, however many ask at the same moment", async () => {
        const results = await Promise.all(Array.from({ length: 20 }, () => outbox.put(aJob("1"))));
        expect(results.filter(({ status }) => status === "accepted")).toHaveLength(1);
        expect(
          results.filter((result) => result.status === "duplicate" && result.state === "pending"),
        ).toHaveLength(19);
        expect(await totals()).toEqual({ ...NONE, accepted: 1, pending: 1 });
        expect(await stateIn(outbox, keyOf("1"))).toBe("pending");
        expect(await stateIn(outbox, keyOf("2"))).toBeUndefined();
      });

      test("hands out what was put, byte for byte", async () => {
        const job = aJob("1", { body: JSON.stringify({ b: "\0\ud800'\"\\%😀", a: "ü".repeat(50_000) }) });
        await outbox.put(job);
        const { body, ...rest } = (await (await run()).next()).job;
        expect(body === job.body).toBe(true);
        expect({ ...rest, body: job.body }).toEqual({ ...job, attempts: 0 });
      });

      test("keeps a delivered order's key taken", async () => {
        await put("1");
        (await (await run()).next()).answer(delivered);
        await settled("1", "delivered");
        expect(await outbox.put(aJob("1"))).toEqual({ status: "duplicate", state: "delivered" });
        expect(await totals()).toEqual({ ...NONE, accepted: 1, delivered: 1 });
      });

      test("keeps what is dead from the start, and never hands it out", async () => {
        expect(await outbox.put(aJob("1", { kind: "rejected" }), { dead: REFUSED })).toEqual({
          status: "accepted",
        });
        await put("2");
        const worker = await run();
        const { job, answer } = await worker.next();
        expect(job.key).toBe(keyOf("2"));
        answer(delivered);
        await settled("2", "delivered");
        await worker.stop();
        expect(worker.open).toBe(0);
        expect(await totals()).toEqual({ ...NONE, accepted: 2, delivered: 1, dead: 1 });
        expect(await stateIn(outbox, keyOf("1"))).toBe("dead");
      });

      test("does not make a dead letter of an order that is on its way", async () => {
        await put("1");
        expect(await outbox.put(aJob("1"), { dead: REFUSED })).toEqual({
          status: "duplicate",
          state: "pending",
        });
      });

      testProcesses("has on disk what it accepted, when the process is killed right after", async () => {
        const numbers = Array.from({ length: 50 }, (_, index) => `${index}`);
        const shop = await child();
        const accepted = await shop.put(numbers);
        await shop.kill();
        expect(accepted).toEqual(numbers);
        expect(await totals()).toEqual({ ...NONE, accepted: 50, pending: 50 });
        expect(await outbox.put(aJob("7"))).toEqual({ status: "duplicate", state: "pending" });
      });

      testProcesses("takes a key once among several processes", async () => {
        const numbers = Array.from({ length: 40 }, (_, index) => `${index}`);
        const shops = await Promise.all([child(), child(), child()]);
        const accepted = await Promise.all(shops.map((shop) => shop.put(numbers)));
        expect(accepted.flat().toSorted()).toEqual(numbers.toSorted());
        expect(await totals()).toEqual({ ...NONE, accepted: 40, pending: 40 });
      });
    });

    describe("handing out", () => {
      test("hands out as many at a time as asked for, and no more", async () => {
        await put("1", "2", "3");
        const worker = await run(outbox, 2);
        const first = await worker.next();
        await worker.next();
        expect(worker.open).toBe(2);
        first.answer(delivered);
        const third = await worker.next();
        expect(third.job.key).toBe(keyOf("3"));
        expect(worker.open).toBe(2);
      });

      test("hands out at once what is put while it runs", async () => {
        const worker = await run();
        await put("1");
        expect((await worker.next()).job.key).toBe(keyOf("1"));
      });

      test("lets a fresh order overtake those that were tried, counted or not", async () => {
        await put("1", "2");
        const worker = await run();
        const at = Date.now() - 60_000;
        (await worker.next()).answer(retry(at, true));
        (await worker.next()).answer(retry(at, false));
        // Whatever is handed out now keeps the worker busy until all three are due.
        const busy = await worker.next();
        await put("3");
        busy.answer(retry(at));
        expect((await worker.next()).job.key).toBe(keyOf("3"));
      });

      test("hands out fresh orders in the order in which they came", async () => {
        await put("1", "2", "3");
        const worker = await run();
        for (const number of ["1", "2", "3"]) {
          const { job, answer } = await worker.next();
          expect(job.key).toBe(keyOf(number));
          answer(delivered);
        }
      });

      test("hands an order out again when it is due, not before, and counts what is to be counted", async () => {
        await put("1");
        const worker = await run();
        let { job, answer } = await worker.next();
        expect(job.attempts).toBe(0);
        for (const [counted, attempts] of [
          [true, 1],
          [false, 1],
          [true, 2],
        ] as const) {
          const at = store.runtime.now() + 150;
          answer(retry(at, counted));
          ({ job, answer } = await worker.next());
          // A timer keeps another clock than the date's, and rounds.
          expect(store.runtime.now()).toBeGreaterThanOrEqual(at - 1);
          expect(job).toEqual({ ...aJob("1"), acceptedAt: job.acceptedAt, attempts });
        }
      });

      test("holds up no order because of another that waits", async () => {
        await put("1", "2");
        const worker = await run();
        const first = await worker.next();
        first.answer(retry(store.runtime.now() + 3_600_000));
        expect((await worker.next()).job.key).not.toBe(first.job.key);
      });

      test("hands nothing out after it was stopped, and leaves the rest pending", async () => {
        await put("1", "2");
        const worker = await run();
        const { answer } = await worker.next();
        const stopping = worker.stop();
        answer(delivered);
        await stopping;
        expect(worker.open).toBe(0);
        expect(await totals()).toEqual({ ...NONE, accepted: 2, delivered: 1, pending: 1 });
      });

      testShared("hands each order to one worker, whichever process put it", async () => {
        const others = [await another(), await another()];
        const seen: string[] = [];
        for (const one of [outbox, ...others]) {
          const worker = await one.run(
            async (job) => {
              seen.push(job.key);
              await setImmediate();
              return delivered;
            },
            { concurrency: 3 },
          );
          ending.push(() => worker.stop());
        }
        const numbers = Array.from({ length: 60 }, (_, index) => `${index}`);
        await Promise.all(numbers.map((number, index) => [outbox, ...others][index % 3]?.put(aJob(number))));
        await expect
          .poll(() => totals(), { timeout: 10_000 })
          .toEqual({ ...NONE, accepted: 60, delivered: 60 });
        expect(seen.toSorted()).toEqual(numbers.map(keyOf).toSorted());
      });

      testShared("hands out what a process without a worker put", async () => {
        const worker = await run(await another());
        await put("1");
        expect((await worker.next()).job.key).toBe(keyOf("1"));
      });

      testShared("keeps the time and the attempts of a retry when all processes restart", async () => {
        await put("1", "2");
        const before = await bench(outbox, 2);
        const at = store.runtime.now() + 1_000;
        (await before.next()).answer(retry(at, true));
        (await before.next()).answer(retry(at, false));
        await before.stop();
        await outbox.close();
        const worker = await run(await another(), 2);
        const again = [await worker.next(), await worker.next()];
        expect(store.runtime.now()).toBeGreaterThanOrEqual(at);
        expect(again.map(({ job }) => job.attempts).toSorted()).toEqual([0, 1]);
      });
    });

    describe("leases", () => {
      testShared("leaves what a worker claimed and did not begin as fresh as it was", async () => {
        await put(...Array.from({ length: 40 }, (_, index) => `${index + 1}`));
        const before = await bench(outbox, 8);
        const eight = () => Promise.all(Array.from({ length: 8 }, () => before.next()));
        // As many as end at once, so much more is claimed than there is room for.
        for (const { answer } of await eight()) answer(delivered);
        const tried = await eight();
        const stopping = before.stop();
        for (const { answer } of tried) answer(retry(Date.now() - 60_000));
        await stopping;
        await outbox.close();
        const worker = await run(await another(), 1);
        const keys: string[] = [];
        for (let count = 0; count < 32; count += 1) {
          const { job, answer } = await worker.next();
          keys.push(job.key);
          answer(delivered);
        }
        expect(keys.slice(-8).toSorted()).toEqual(tried.map(({ job }) => job.key).toSorted());
      });

      testProcesses("hands a killed worker's order out again, its attempts as they were", async () => {
        await put("1");
        const first = await bench(outbox);
        (await first.next()).answer(retry(store.runtime.now()));
        await first.stop();
        const shop = await child();
        await shop.hang();
        await shop.kill();
        expect(await stateIn(outbox, keyOf("1"))).toBe("pending");
        await store.endLeases();
        const { job } = await (await run(await another())).next();
        expect(job).toMatchObject({ key: keyOf("1"), attempts: 1 });
      });

      const late: [string, Verdict][] = [
        ["delivered", delivered],
        ["retry", retry(Date.now())],
        ["dead", dead],
      ];
      for (const [what, verdict] of late) {
        testShared(`takes no "${what}" from a worker that lost its lease`, async () => {
          await put("1");
          const slow = await bench(outbox);
          const lost = await slow.next();
          await store.endLeases();
          const second = await another();
          const own = await (await run(second)).next();
          expect(own.job).toEqual(lost.job);
          const stopping = slow.stop();
          lost.answer(verdict);
          await stopping;
          expect(await totals(second)).toEqual({ ...NONE, accepted: 1, pending: 1 });
          own.answer(what === "delivered" ? dead : delivered);
          await settled("1", what === "delivered" ? "dead" : "delivered", second);
          expect((await second.totals()).accepted).toBe(1);
        });
      }
    });

    describe("settled orders", () => {
      test("lists those that were accepted in a time, with what is kept of them", async () => {
        const from = store.runtime.now() - 60_000;
        const summary = { contentHash: "ab".repeat(32), currency: "CAD", subtotal: 19.99, lines: 2 };
        await outbox.put(aJob("1", { acceptedAt: from - 1 }));
        await outbox.put(aJob("2", { acceptedAt: from, summary }));
        await outbox.put(aJob("3", { acceptedAt: from + 1_000 }));
        await outbox.put(aJob("4", { acceptedAt: from + 1_000 }));
        await outbox.put(aJob("5", { acceptedAt: from + 1_000 }), { dead: REFUSED });
        await outbox.forget(keyOf("3"));
        const worker = await run();
        for (let count = 0; count < 3; count += 1) (await worker.next()).answer(delivered);
        for (const number of ["1", "2", "4"]) await settled(number, "delivered");
        const found = await outbox.settled.list({ from, until: from + 1_000 });
        expect(found).toEqual([
          expect.objectContaining({
            key: keyOf("2"),
            status: "delivered",
            acceptedAt: from,
            attempts: 0,
            summary,
          }),
        ]);
        const later = await outbox.settled.list({ from: from + 1, until: from + 2_000 });
        expect(later.map(({ key, status }) => [key, status]).toSorted()).toEqual(
          [
            [keyOf("3"), "removed"],
            [keyOf("4"), "delivered"],
          ].toSorted(),
        );
      });
    });

    describe("dead letters", () => {
      test("keeps a given-up order with its reason", async () => {
        await put("1", "2");
        const worker = await run();
        for (const attempts of [1, 0]) {
          const { answer, job } = await worker.next();
          answer(
            attempts > 0 ? dead : { status: "dead", reason: { code: "delivery.expired", message: "Late." } },
          );
          await expect.poll(() => stateIn(outbox, job.key)).toBe("dead");
        }
        const letters = await outbox.dead.list();
        expect(letters).toMatchObject([
          { key: keyOf("2"), reason: { code: "delivery.expired", message: "Late." } },
          { ...aJob("1"), acceptedAt: expect.any(Number), attempts: 0, reason: REFUSED },
        ]);
        for (const { diedAt } of letters) expect(Math.abs(diedAt - store.runtime.now())).toBeLessThan(60_000);
        expect(await totals()).toEqual({ ...NONE, accepted: 2, dead: 2 });
      });

      test("lists letters in pages", async () => {
        for (const number of ["1", "2", "3", "4", "5"]) await putDead(number);
        const all = await outbox.dead.list();
        expect(all).toHaveLength(5);
        const pages = [
          ...(await outbox.dead.list({ limit: 2 })),
          ...(await outbox.dead.list({ limit: 2, offset: 2 })),
          ...(await outbox.dead.list({ limit: 2, offset: 4 })),
        ];
        expect(pages).toEqual(all);
        expect(await outbox.dead.list({ offset: 5 })).toEqual([]);
      });

      test("makes a retried letter a fresh order", async () => {
        await put("1");
        const worker = await run();
        (await worker.next()).answer(retry(store.runtime.now()));
        (await worker.next()).answer(dead);
        await settled("1", "dead");
        const before = store.runtime.now();
        expect(await outbox.dead.retry(keyOf("1"))).toBe(true);
        const { job, answer } = await worker.next();
        expect(job).toMatchObject({ body: aJob("1").body, kind: "order", attempts: 0 });
        expect(job.acceptedAt).toBeGreaterThanOrEqual(before);
        answer(delivered);
        await settled("1", "delivered");
        expect(await outbox.dead.list()).toEqual([]);
        expect(await totals()).toEqual({ ...NONE, accepted: 1, delivered: 1 });
      });

      test("sends a retried letter with the body given", async () => {
        await putDead("1");
        expect(await outbox.dead.retry(keyOf("1"), { body: '{"corrected":true}' })).toBe(true);
        expect((await (await run()).next()).job.body).toBe('{"corrected":true}');
      });

      test("retries what could not become an order with a corrected body only", async () => {
        await outbox.put(aJob("1", { kind: "rejected" }), { dead: REFUSED });
        expect(await outbox.dead.retry(keyOf("1"))).toBe(false);
        expect(await stateIn(outbox, keyOf("1"))).toBe("dead");
        expect(await outbox.dead.retry(keyOf("1"), { body: "{}" })).toBe(true);
        expect((await (await run()).next()).job).toMatchObject({ kind: "order", body: "{}" });
      });

      test("keeps a removed letter's key taken", async () => {
        await putDead("1");
        expect(await outbox.dead.remove(keyOf("1"))).toBe(true);
        expect(await outbox.dead.list()).toEqual([]);
        expect(await outbox.put(aJob("1"))).toEqual({ status: "duplicate", state: "dead" });
        expect(await outbox.put(aJob("1"), { dead: REFUSED })).toEqual({
          status: "duplicate",
          state: "dead",
        });
        expect(await outbox.dead.retry(keyOf("1"))).toBe(false);
        expect(await outbox.dead.remove(keyOf("1"))).toBe(false);
        expect(await totals()).toEqual({ ...NONE, accepted: 1, removed: 1 });
      });

      test("retries and removes nothing that is not a letter", async () => {
        await put("1");
        for (const key of [keyOf("1"), keyOf("2"), "not a key"]) {
          expect(await outbox.dead.retry(key)).toBe(false);
          expect(await outbox.dead.remove(key)).toBe(false);
        }
        expect(await totals()).toEqual({ ...NONE, accepted: 1, pending: 1 });
      });

      test("takes a dead letter's number again, once, with the new body", async () => {
        await putDead("1");
        const results = await Promise.all(
          Array.from({ length: 10 }, (_, index) => outbox.put(aJob("1", { body: `{"corrected":${index}}` }))),
        );
        const accepted = results.findIndex((result) => result.status === "accepted");
        expect(results.filter((result) => result.status === "accepted")).toHaveLength(1);
        expect(await totals()).toEqual({ ...NONE, accepted: 1, pending: 1 });
        const { job, answer } = await (await run()).next();
        expect(job).toMatchObject({ body: `{"corrected":${accepted}}`, attempts: 0 });
        answer(delivered);
        await settled("1", "delivered");
        expect(await totals()).toEqual({ ...NONE, accepted: 1, delivered: 1 });
      });

      test("replaces a dead letter by a letter that is dead from the start", async () => {
        await putDead("1");
        const reason = { code: "order.invalid", message: "Again." } as const;
        const again = aJob("1", { kind: "rejected", body: '{"issues":[]}' });
        expect(await outbox.put(again, { dead: reason })).toEqual({ status: "accepted" });
        expect(await outbox.dead.list()).toMatchObject([{ kind: "rejected", body: '{"issues":[]}', reason }]);
        expect(await totals()).toEqual({ ...NONE, accepted: 1, dead: 1 });
      });
    });

    describe("totals", () => {
      test("sum up in every reading while orders come and go", async () => {
        const worker = await outbox.run(
          async ({ key, attempts }) => {
            await setImmediate();
            if (key.startsWith("0")) return dead;
            return key < "8" && attempts === 0 ? retry(store.runtime.now()) : delivered;
          },
          { concurrency: 5 },
        );
        ending.push(() => worker.stop());
        const reader = skips.shared === undefined ? await another() : outbox;
        const readings: OutboxTotals[] = [];
        const putting = Promise.all(Array.from({ length: 80 }, (_, index) => outbox.put(aJob(`${index}`))));
        do {
          readings.push(await totals(reader));
          await setImmediate();
        } while (readings.at(-1)?.accepted !== 80 || readings.at(-1)?.pending !== 0);
        await putting;
        for (const { accepted, delivered, pending, dead, removed } of readings) {
          expect(delivered + pending + dead + removed).toBe(accepted);
        }
        expect(readings.length).toBeGreaterThan(2);
      });

      test("count what is being sent as pending, and know the oldest", async () => {
        const now = store.runtime.now();
        await outbox.put(aJob("1", { acceptedAt: now - 1_000 }));
        await outbox.put(aJob("2", { acceptedAt: now - 5_000 }));
        await outbox.put(aJob("3", { acceptedAt: now - 9_000 }), { dead: REFUSED });
        const worker = await run(outbox, 2);
        const both = [await worker.next(), await worker.next()];
        expect(await outbox.totals()).toEqual({
          ...NONE,
          accepted: 3,
          pending: 2,
          dead: 1,
          oldestPendingAt: now - 5_000,
        });
        both.find(({ job }) => job.key === keyOf("2"))?.answer(delivered);
        await settled("2", "delivered");
        expect((await outbox.totals()).oldestPendingAt).toBe(now - 1_000);
        both.find(({ job }) => job.key === keyOf("1"))?.answer(retry(now + 3_600_000));
        await worker.stop();
        expect((await outbox.totals()).oldestPendingAt).toBe(now - 1_000);
      });
    });

    describe("records", () => {
      const summary = { contentHash: "c0ffee", currency: "USD", subtotal: 261.95, lines: 2 };

      test("show what waits, with the last three attempts", async () => {
        const job = aJob("1", { acceptedAt: store.runtime.now() - 5_000, summary });
        await outbox.put(job);
        await put("2");
        expect(await outbox.find(keyOf("1"))).toMatchObject({
          ...job,
          status: "pending",
          attempts: 0,
          lastAttempts: [],
        });
        const worker = await run();
        for (const answer of ["HTTP 500", "HTTP 502", "HTTP 503", "HTTP 504"]) {
          const handed = await worker.next();
          handed.answer(
            handed.job.key === job.key
              ? { status: "retry", at: store.runtime.now(), counted: answer !== "HTTP 500", reason: answer }
              : delivered,
          );
          if (handed.job.key !== job.key)
            (await worker.next()).answer({
              status: "retry",
              at: store.runtime.now(),
              counted: true,
              reason: answer,
            });
        }
        const last = await worker.next();
        const at = store.runtime.now() + 3_600_000;
        last.answer(retry(at));
        const dueAt = async () => {
          const found = await outbox.find(job.key);
          return found?.status === "pending" ? Math.abs(found.dueAt - at) : Infinity;
        };
        await expect.poll(dueAt, { timeout: 10_000 }).toBeLessThan(2_000);
        const [first, ...rest] = await outbox.waiting.list();
        expect(rest).toEqual([]);
        // A store that counts by its server's clock may be a millisecond off at each reading.
        expect(await outbox.find(job.key)).toEqual({ ...first, dueAt: expect.closeTo(at, -4) });
        expect(first).toMatchObject({ ...job, status: "pending", attempts: 4 });
        expect(first?.lastAttempts.map(({ answer }) => answer)).toEqual(["HTTP 503", "HTTP 504", "HTTP 503"]);
        for (const attempt of first?.lastAttempts ?? [])
          expect(Math.abs(attempt.at - store.runtime.now())).toBeLessThan(60_000);
      });

      test("list what waits, oldest first, in pages", async () => {
        const now = store.runtime.now();
        for (const [index, number] of ["3", "1", "2"].entries())
          await outbox.put(aJob(number, { acceptedAt: now - Number(number) * 1_000 - index }));
        await putDead("4");
        const keys = async (page?: { limit?: number; offset?: number }) =>
          (await outbox.waiting.list(page)).map(({ key }) => key);
        expect(await keys()).toEqual(["3", "2", "1"].map(keyOf));
        expect(await keys({ limit: 2, offset: 1 })).toEqual(["2", "1"].map(keyOf));
        expect(await keys({ offset: 3 })).toEqual([]);
      });

      test("keep of a delivered order what identifies nobody", async () => {
        const job = aJob("1", { acceptedAt: store.runtime.now() - 5_000, summary });
        await outbox.put(job);
        const worker = await run();
        (await worker.next()).answer(retry(store.runtime.now()));
        (await worker.next()).answer(delivered);
        await settled("1", "delivered");
        const found = await outbox.find(job.key);
        expect(found).toEqual({
          status: "delivered",
          key: job.key,
          acceptedAt: job.acceptedAt,
          settledAt: expect.any(Number),
          attempts: 1,
          summary,
        });
        expect(await outbox.put(job)).toEqual({
          status: "duplicate",
          state: "delivered",
          contentHash: summary.contentHash,
        });
        expect(await outbox.find(keyOf("2"))).toBeUndefined();
      });

      test("name the content of what a key stands for", async () => {
        await outbox.put(aJob("1", { summary }));
        expect(await outbox.put(aJob("1", { summary: { ...summary, contentHash: "other" } }))).toEqual({
          status: "duplicate",
          state: "pending",
          contentHash: summary.contentHash,
        });
      });

      test("show a dead letter with its attempts and its summary", async () => {
        await outbox.put(aJob("1", { summary }));
        const worker = await run();
        (await worker.next()).answer(retry(store.runtime.now()));
        (await worker.next()).answer(dead);
        await settled("1", "dead");
        const [letter] = await outbox.dead.list();
        expect(letter).toEqual(await outbox.find(keyOf("1")));
        expect(letter).toMatchObject({
          status: "dead",
          orderNumber: "1",
          attempts: 1,
          reason: REFUSED,
          summary,
        });
        expect(letter?.lastAttempts.map(({ answer }) => answer)).toEqual(["HTTP 503", REFUSED.message]);
      });

      test("take a corrected letter's new summary", async () => {
        await putDead("1");
        await outbox.dead.retry(keyOf("1"), { body: "{}", summary });
        expect(await outbox.find(keyOf("1"))).toMatchObject({
          status: "pending",
          body: "{}",
          summary,
          lastAttempts: [],
        });
      });

      test("keep a click apart from an order", async () => {
        await outbox.put(aJob("", { key: "0b2f8f3e-52a1-4f0e-8d8b-3d1d1a1f0c11", kind: "click" }));
        const { job } = await (await run()).next();
        expect(job).toMatchObject({
          key: "0b2f8f3e-52a1-4f0e-8d8b-3d1d1a1f0c11",
          kind: "click",
          orderNumber: "",
        });
      });
    });

    describe("forgetting", () => {
      test("removes what waits and what is dead, and keeps the key taken", async () => {
        await put("1");
        await putDead("2");
        for (const number of ["1", "2"]) {
          expect(await outbox.forget(keyOf(number))).toEqual({ status: "removed" });
          expect(await outbox.forget(keyOf(number))).toEqual({ status: "removed" });
          expect(await outbox.find(keyOf(number))).toMatchObject({ status: "removed" });
          expect(await outbox.put(aJob(number))).toMatchObject({ status: "duplicate", state: "dead" });
        }
        await put("3");
        const worker = await run();
        expect((await worker.next()).job.key).toBe(keyOf("3"));
        expect(await totals()).toEqual({ ...NONE, accepted: 3, pending: 1, removed: 2 });
      });

      test("leaves alone what is being sent, and says what was delivered", async () => {
        await put("1");
        const { answer } = await (await run()).next();
        expect(await outbox.forget(keyOf("1"))).toEqual({ status: "sending" });
        answer(delivered);
        await settled("1", "delivered");
        expect(await outbox.forget(keyOf("1"))).toEqual({
          status: "delivered",
          settledAt: expect.any(Number),
        });
        expect(await outbox.forget(keyOf("2"))).toEqual({ status: "unknown" });
        expect(await totals()).toEqual({ ...NONE, accepted: 1, delivered: 1 });
      });
    });

    describe("delivering what is due", () => {
      const deliverAll = async () => delivered;

      test("delivers it, says what happened and ends", async () => {
        await put("1", "2", "3");
        const result = await outbox.deliverDue(
          async ({ key }) =>
            key === keyOf("1") ? delivered : key === keyOf("2") ? dead : retry(Date.now() - 1_000),
          { concurrency: 2, timeoutMs: 10_000 },
        );
        expect(result).toEqual({ delivered: 1, retrying: 1, dead: 1, timedOut: false });
        expect(await totals()).toEqual({ ...NONE, accepted: 3, delivered: 1, pending: 1, dead: 1 });
        expect(await outbox.deliverDue(deliverAll, { concurrency: 2, timeoutMs: 10_000 })).toMatchObject({
          delivered: 1,
          timedOut: false,
        });
        expect(await outbox.deliverDue(deliverAll, { concurrency: 2, timeoutMs: 10_000 })).toEqual({
          delivered: 0,
          retrying: 0,
          dead: 0,
          timedOut: false,
        });
      });

      test("leaves what is not due", async () => {
        await put("1");
        const later = async () => retry(store.runtime.now() + 3_600_000);
        await outbox.deliverDue(later, { concurrency: 1, timeoutMs: 10_000 });
        expect(await outbox.deliverDue(deliverAll, { concurrency: 1, timeoutMs: 10_000 })).toMatchObject({
          delivered: 0,
        });
      });

      test("begins nothing when the time is up", async () => {
        await put("1", "2");
        expect(await outbox.deliverDue(deliverAll, { concurrency: 1, timeoutMs: 0 })).toEqual({
          delivered: 0,
          retrying: 0,
          dead: 0,
          timedOut: true,
        });
        expect((await outbox.deliverDue(deliverAll, { concurrency: 1, timeoutMs: 10_000 })).delivered).toBe(
          2,
        );
      });

      test("hands out each job once, however many deliver at a time", async () => {
        await put(...Array.from({ length: 40 }, (_, index) => `${index}`));
        const reader = skips.shared === undefined ? await another() : outbox;
        const seen: string[] = [];
        const deliver = async ({ key }: { key: string }) => {
          seen.push(key);
          await setImmediate();
          return delivered;
        };
        const worker = await outbox.run(deliver, { concurrency: 2 });
        ending.push(() => worker.stop());
        await Promise.all(
          [outbox, reader, reader].map((on) => on.deliverDue(deliver, { concurrency: 4, timeoutMs: 10_000 })),
        );
        await expect.poll(() => totals()).toEqual({ ...NONE, accepted: 40, delivered: 40 });
        expect(seen.toSorted()).toEqual(
          Array.from({ length: 40 }, (_, index) => keyOf(`${index}`)).toSorted(),
        );
      });
    });

    describe("a clock that is set back", () => {
      test("delays no job by more than its own delay", async () => {
        if (!store.setClockBack) return;
        await put("1");
        const before = await bench(outbox);
        (await before.next()).answer(retry(store.runtime.now() + 200));
        await before.stop();
        await store.setClockBack(3_600_000);
        if (skips.shared === undefined) await outbox.close();
        const worker = await run(skips.shared === undefined ? await another() : outbox);
        expect((await worker.next()).job.attempts).toBe(1);
      });

      testProcesses("holds the job of a worker that died no longer than its lease", async () => {
        if (!store.setClockBack) return;
        const due = () => outbox.deliverDue(async () => delivered, { concurrency: 1, timeoutMs: 1_000 });
        await put("1");
        const other = await child();
        await other.hang();
        await other.kill();
        await store.setClockBack(3_600_000);
        await due();
        await store.endLeases();
        await expect.poll(async () => (await due()).delivered, { timeout: 15_000 }).toBe(1);
      });
    });

    describe("what stays", () => {
      for (const end of ["delivered", "removed"] as const) {
        const title = `erases a body when its order is ${end}`;
        test.skipIf(skips.inspection)(because(title, skips.inspection), async () => {
          await outbox.put(aJob("1", { body: '{"secret":"of-the-body"}' }));
          expect(await store.holds?.("of-the-body")).toBe(true);
          (await (await run()).next()).answer(end === "delivered" ? delivered : dead);
          await settled("1", end === "delivered" ? "delivered" : "dead");
          if (end === "removed") await outbox.dead.remove(keyOf("1"));
          expect(await store.holds?.("of-the-body")).toBe(false);
        });
      }

      test("can be opened while it is open, and takes nothing once it is closed", async () => {
        await outbox.open(store.runtime, () => {});
        await put("1");
        if (!outbox.durable) return;
        await outbox.close();
        await expect(outbox.put(aJob("2"))).rejects.toMatchObject({ code: "outbox.unavailable" });
      });
    });
  });
}
