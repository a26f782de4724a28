import type { Verdict } from "@avantlink-s2s/core";
import { aJob } from "@avantlink-s2s/outbox/testing";
import { expect, test } from "vitest";
import { type LeasingStore, leaseWorkers } from "../../packages/outbox/src/lease-worker.ts";
import { testClock } from "../support/clock.ts";

const CONCURRENCY = 8;

/** A worker over a store that has enough, and deliveries that end when the test says so. */
function aWorker() {
  const clock = testClock();
  const claims: number[] = [];
  const settled: [number, Verdict["status"] | "released"][] = [];
  const under = new Map<number, (verdict: Verdict) => void>();
  let lease = 0;
  let written = Promise.resolve();
  const again: string[] = [];
  const newest = new Map<string, number>();
  const store: LeasingStore<number> = {
    async claim(limit) {
      claims.push(limit);
      return Array.from({ length: limit }, () => {
        lease += 1;
        const job = { ...aJob(again.shift() ?? `${lease}`, { acceptedAt: 0 }), attempts: 0 };
        newest.set(job.key, lease);
        return { job, lease };
      });
    },
    async settle({ job, lease }, { status }) {
      await written;
      settled.push([lease, status]);
      // As the store's fence has it: a job that was handed out again is settled under its newest lease only.
      return newest.get(job.key) === lease;
    },
    async release({ lease }) {
      settled.push([lease, "released"]);
    },
  };
  const worker = leaseWorkers<number>(store, clock, () => {}).run(
    () => new Promise((resolve) => under.set(under.size + 1, resolve)),
    CONCURRENCY,
  );
  const begun = (count: number) => expect.poll(() => under.size).toBe(count);
  const end = (which: number) => under.get(which)?.({ status: "delivered" });
  const endAll = () => {
    for (const which of [...under.keys()]) end(which);
  };
  const holdWrites = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    written = promise;
    return resolve;
  };
  return { clock, worker, claims, settled, begun, end, endAll, again, holdWrites, sent: () => under.size };
}

test("while AvantLink is slow, no more is claimed than is sent", async () => {
  const { clock, claims, begun, end } = aWorker();
  await begun(8);
  end(1);
  await begun(9);
  for (let polls = 0; polls < 5; polls += 1) clock.advance(500);
  expect(claims).toEqual([8, 1]);
});

test("while deliveries end fast, more is claimed than there are slots, and given back when they end no more", async () => {
  const { clock, claims, settled, begun, endAll, sent } = aWorker();
  for (let round = 1; round <= 10; round += 1) {
    await begun(8 * round);
    endAll();
  }
  await begun(88);
  const held = () => claims.reduce((a, b) => a + b) - sent();
  expect(held()).toBeGreaterThan(0);
  const released = () => settled.filter(([, status]) => status === "released").length;
  for (let ms = 0; ms < 5_000; ms += 500) {
    expect(released()).toBe(0);
    clock.advance(500);
  }
  await expect.poll(released).toBe(held());
  expect(sent()).toBe(88);
});

test("after the process stood still, what was held is given back, not sent: its lease may be another's", async () => {
  const { clock, settled, begun, endAll } = aWorker();
  for (let round = 1; round <= 10; round += 1) {
    await begun(8 * round);
    endAll();
  }
  await begun(88);
  clock.jump(60_000);
  endAll();
  await begun(96);
  expect(settled.find(([, status]) => status === "released")).toEqual([89, "released"]);
});

test("a clock that is set back holds no job for longer", async () => {
  const { clock, claims, settled, begun, endAll, sent } = aWorker();
  for (let round = 1; round <= 10; round += 1) {
    await begun(8 * round);
    endAll();
  }
  await begun(88);
  const held = claims.reduce((a, b) => a + b) - sent();
  clock.setBack(3_600_000);
  for (let ms = 0; ms < 5_000; ms += 500) clock.advance(500);
  await expect.poll(() => settled.filter(([, status]) => status === "released").length).toBe(held);
});

test("what is delivered and not settled yet takes up a slot: if this process were killed, it would be sent again", async () => {
  const { begun, endAll, holdWrites, sent } = aWorker();
  await begun(8);
  const write = holdWrites();
  endAll();
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  expect(sent()).toBe(8);
  write();
  await begun(16);
});

test("everything that was claimed when the worker stops is either sent or released", async () => {
  const { claims, worker, settled, begun, endAll } = aWorker();
  await begun(8);
  endAll();
  await begun(16);
  const stopping = worker.stop();
  endAll();
  await stopping;
  expect(settled).toHaveLength(claims.reduce((a, b) => a + b));
  expect(new Set(settled.map(([lease]) => lease)).size).toBe(settled.length);
});

test("what the store hands out again while it is being sent is not sent again, and settled under its newer lease", async () => {
  const { worker, settled, begun, end, endAll, again, sent } = aWorker();
  await begun(8);
  // As after the clock was set forward: the leases of 2 and 3 are over, and 9 and 10 are theirs too.
  again.push("2", "3");
  for (const which of [4, 5, 6, 7, 8]) end(which);
  await begun(13);
  end(2);
  end(3);
  // Under the leases that had ended, which changes nothing, and then under those that stand.
  await expect
    .poll(() => settled.map(([lease]) => lease).filter((lease) => [2, 3, 9, 10].includes(lease)))
    .toEqual([2, 3, 9, 10]);
  const sentByThen = sent();
  const stopping = worker.stop();
  endAll();
  await stopping;
  expect(sent()).toBe(sentByThen);
});

test("what was delivered and is handed out all the same is settled, not sent", async () => {
  const { settled, begun, endAll, again, sent } = aWorker();
  await begun(8);
  again.push("1", "2");
  endAll();
  await expect.poll(() => settled.map(([lease]) => lease)).toEqual(expect.arrayContaining([9, 10]));
  await begun(16);
  expect(sent()).toBe(16);
});

test("delivering what is due ends, though the store never takes the verdict", async () => {
  const clock = testClock();
  const jobs = [{ job: { ...aJob("1", { acceptedAt: 0 }), attempts: 0 }, lease: 1 }];
  const store: LeasingStore<number> = {
    claim: async () => jobs.splice(0),
    settle: () => Promise.reject(new Error("gone")),
    release: async () => {},
  };
  const workers = leaseWorkers<number>(store, clock, () => {});
  let ended = false;
  const due = workers.deliverDue(async () => ({ status: "delivered" }), { concurrency: 1, timeoutMs: 1_000 });
  const ending = due.then(() => {
    ended = true;
  });
  for (let seconds = 0; seconds < 40 && !ended; seconds += 0.5) {
    await new Promise(setImmediate);
    clock.advance(500);
  }
  await ending;
});

test("what was delivered is counted though the store fails before the rest, and a failure at the start is one", async () => {
  const problems: string[] = [];
  let claims = 0;
  const store: LeasingStore<number> = {
    async claim(limit) {
      claims += 1;
      if (claims > 2) throw new Error("gone");
      const job = { ...aJob(`${claims}`, { acceptedAt: 0 }), attempts: 0 };
      return Array.from({ length: limit }, () => ({ job, lease: claims }));
    },
    settle: async () => true,
    release: async () => {},
  };
  const workers = leaseWorkers<number>(store, testClock(), ({ code }) => problems.push(code));
  const due = () =>
    workers.deliverDue(async () => ({ status: "delivered" }), { concurrency: 1, timeoutMs: 1_000 });
  expect(await due()).toEqual({ delivered: 2, retrying: 0, dead: 0, timedOut: true });
  expect(problems).toEqual(["outbox.stalled"]);
  await expect(due()).rejects.toThrow("gone");
});
