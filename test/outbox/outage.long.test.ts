import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { type ClaimedJob, memoryOutbox, type Outbox, type Verdict } from "@avantlink-s2s/core";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { aJob, delivered, keyOf } from "@avantlink-s2s/outbox/testing";
import { expect, onTestFinished, test } from "vitest";
import type { Outcome } from "../../packages/core/src/delivery/answer.ts";
import { verdictOn } from "../../packages/core/src/delivery/retry.ts";
import { type TestClock, testClock } from "../support/clock.ts";

const HOUR_MS = 3_600_000;
const OUTAGE_MS = 72 * HOUR_MS;
const ORDERS = 10_000;
const CONCURRENCY = 100;
const POLICY = { maxAgeMs: 7 * 24 * HOUR_MS, baseDelayMs: 1_000, maxDelayMs: 900_000 };
// How often a pump looks for what is due, at most.
const POLL_MS = 500;
// Some 100,000 commits: how fast the disk is does not matter here.
const FOLDER = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();

const outboxes: [string, () => Promise<Outbox>][] = [
  ["memory", async () => memoryOutbox({ capacity: ORDERS + 1 })],
  [
    "sqlite",
    async () => {
      const folder = await mkdtemp(join(FOLDER, "avantlink-outage-"));
      onTestFinished(() => rm(folder, { recursive: true }));
      return sqliteOutbox({ path: join(folder, "orders.db") });
    },
  ],
];

/** AvantLink at first says nothing of how long it will be away, and then asks for four hours. */
function away({ attempts }: ClaimedJob): Outcome {
  const retryAfter = attempts < 5 ? undefined : "14400";
  return { kind: "answered", status: 503, isRefused: false, reason: "HTTP 503", retryAfter };
}

/** AvantLink under the test's hands. */
function anAvantLink(clock: TestClock) {
  const arrived: string[] = [];
  let [attempts, open, most] = [0, 0, 0];
  let isAway = true;
  let hold: Promise<void> | undefined;
  let release = () => {};
  return {
    arrived,
    get attempts() {
      return attempts;
    },
    get open() {
      return open;
    },
    /** Most deliveries that were ever under way at the same time. */
    get most() {
      return most;
    },
    /** From now on it takes orders, and answers none until it is released. */
    comeBack() {
      isAway = false;
      hold = new Promise((resolve) => {
        release = resolve;
      });
    },
    release: () => release(),
    async deliver(job: ClaimedJob): Promise<Verdict> {
      attempts += 1;
      open += 1;
      most = Math.max(most, open);
      if (isAway) await setImmediate();
      else {
        arrived.push(job.key);
        await hold;
      }
      open -= 1;
      if (!isAway) return delivered;
      // Spread, and the same in every run.
      const random = ((attempts * 7_919) % 10_007) / 10_007;
      return verdictOn(away(job), { ...job, now: clock.now(), random }, POLICY);
    },
  };
}

test.each(outboxes)(
  "an outage of 72 hours with 10,000 orders loses none, keeps the bound, and holds up no fresh order: %s",
  { timeout: 240_000 },
  async (_, make) => {
    const clock = testClock();
    const outbox = await make();
    await outbox.open(clock, (error) => {
      throw error;
    });
    const avantLink = anAvantLink(clock);
    const worker = await outbox.run((job) => avantLink.deliver(job), { concurrency: CONCURRENCY });

    /** Lets the worker do everything that is due. */
    async function quiet(): Promise<void> {
      let seen: number;
      do {
        seen = avantLink.attempts;
        // A write comes after those that were asked for before it.
        await outbox.dead.remove(keyOf("nothing"));
        await setImmediate();
      } while (avantLink.open > 0 || seen !== avantLink.attempts || (await looksLater()));
    }
    const looksLater = async () => outbox.durable && (clock.next() ?? POLL_MS + 1) > POLL_MS;

    const STEPS = 144;
    const acceptedAt = new Map<string, number>();
    for (let step = 0; step < STEPS; step += 1) {
      const numbers = Array.from({ length: Math.ceil(ORDERS / STEPS) }, (_, index) => `${step}-${index}`);
      await Promise.all(
        numbers.slice(0, ORDERS - acceptedAt.size).map((number) => {
          acceptedAt.set(keyOf(number), clock.now());
          return outbox.put(aJob(number, { acceptedAt: clock.now() }));
        }),
      );
      await quiet();
      // The first retries come within seconds, the later ones within minutes and hours.
      for (const ms of [2_000, 5_000, 10_000, 20_000, 60_000, OUTAGE_MS / STEPS - 97_000]) {
        clock.advance(ms);
        await quiet();
      }
    }
    expect(acceptedAt.size).toBe(ORDERS);
    expect(await outbox.totals()).toMatchObject({ accepted: ORDERS, pending: ORDERS, delivered: 0, dead: 0 });
    expect(avantLink.attempts).toBeGreaterThan(5 * ORDERS);
    // Nobody is asked more often than it wishes.
    expect(avantLink.attempts).toBeLessThan(25 * ORDERS);

    // All that wait are due when it is back; and then there is a fresh order.
    avantLink.comeBack();
    clock.advance(5 * HOUR_MS);
    await expect.poll(() => avantLink.open).toBe(CONCURRENCY);
    await outbox.put(aJob("fresh", { acceptedAt: clock.now() }));
    avantLink.release();
    await expect.poll(() => avantLink.arrived.length, { timeout: 60_000 }).toBe(ORDERS + 1);
    await worker.stop();
    expect(avantLink.arrived.indexOf(keyOf("fresh"))).toBeLessThanOrEqual(2 * CONCURRENCY);
    expect(avantLink.arrived.toSorted()).toEqual([...acceptedAt.keys(), keyOf("fresh")].toSorted());
    expect(await outbox.totals()).toMatchObject({
      accepted: ORDERS + 1,
      delivered: ORDERS + 1,
      pending: 0,
      dead: 0,
    });
    expect(avantLink.most).toBe(CONCURRENCY);
    await outbox.close();
  },
);
