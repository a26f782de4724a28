import type { Verdict } from "@avantlink-s2s/core";
import { expect, test } from "vitest";
import { type LeasingStore, startPump } from "../../packages/outbox/src/pump.ts";
import { aJob } from "../conformance/jobs.ts";
import { testClock } from "../support/clock.ts";

const CONCURRENCY = 8;

/** A pump over a store that has enough, and deliveries that end when the test says so. */
function aPump() {
  const clock = testClock();
  const claims: number[] = [];
  const settled: [number, Verdict["verdict"]][] = [];
  const under = new Map<number, (verdict: Verdict) => void>();
  let lease = 0;
  let written = Promise.resolve();
  const store: LeasingStore<number> = {
    async claim(limit) {
      claims.push(limit);
      return Array.from({ length: limit }, () => ({ job: { ...aJob(`${++lease}`), attempts: 0 }, lease }));
    },
    async settle({ lease }, { verdict }) {
      await written;
      settled.push([lease, verdict]);
    },
  };
  const pump = startPump<number>({
    store,
    deliver: ({ body }) =>
      new Promise((resolve) => {
        under.set(under.size + 1, resolve);
        expect(body).toBeDefined();
      }),
    concurrency: CONCURRENCY,
    runtime: clock,
    problem: () => {},
  });
  const begun = (count: number) => expect.poll(() => under.size).toBe(count);
  const end = (which: number) => under.get(which)?.({ verdict: "delivered" });
  const endAll = () => {
    for (const which of [...under.keys()]) end(which);
  };
  const holdWrites = () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    written = promise;
    return resolve;
  };
  return { clock, pump, claims, settled, begun, end, endAll, holdWrites, sent: () => under.size };
}

test("while AvantLink is slow, no more is claimed than is sent", async () => {
  const { clock, claims, begun, end } = aPump();
  await begun(8);
  end(1);
  await begun(9);
  for (let looks = 0; looks < 5; looks += 1) clock.advance(500);
  expect(claims).toEqual([8, 1]);
});

test("as fast as deliveries end, more is claimed ahead", async () => {
  const { claims, begun, endAll } = aPump();
  await begun(8);
  endAll();
  await begun(16);
  expect(claims.reduce((a, b) => a + b)).toBeGreaterThan(16);
});

test("what is delivered and not noted yet takes up room: were this process killed, it would be sent again", async () => {
  const { claims, begun, endAll, holdWrites, sent } = aPump();
  await begun(8);
  const write = holdWrites();
  endAll();
  await expect.poll(() => claims.length).toBeGreaterThan(1);
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  expect(sent()).toBe(8);
  write();
  await begun(16);
});

test("what has waited too long for room is given back, not sent, and so is what waits at the end", async () => {
  const { clock, claims, pump, settled, begun, endAll } = aPump();
  const retried = () => settled.filter(([, verdict]) => verdict === "retry").length;
  const held = () => claims.reduce((a, b) => a + b) - 16;
  await begun(8);
  endAll();
  await begun(16);
  await expect.poll(() => settled.length).toBe(8);
  expect(held()).toBeGreaterThan(0);
  clock.advance(5_500);
  await expect.poll(retried).toBe(held());
  endAll();
  await begun(24);
  await expect.poll(held).toBeGreaterThan(retried() + 8);
  const stopping = pump.stop();
  endAll();
  await stopping;
  // Everything that was claimed was either sent or given back.
  expect(settled).toHaveLength(claims.reduce((a, b) => a + b));
  expect(new Set(settled.map(([lease]) => lease)).size).toBe(settled.length);
});
