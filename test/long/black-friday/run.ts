import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import type { OutboxTotals } from "@avantlink-s2s/core";
import { arrivals } from "../../../bench/load.ts";
import { orderNumber } from "../../../bench/orders.ts";
import { type Receiver, startReceiver } from "../../../bench/receiver.ts";
import { THANK_YOU } from "../../../bench/shop-pages.ts";
import type { OutboxAddress } from "../../support/outboxes.ts";
import {
  type BlackFriday,
  type BlackFridayReport,
  CONCURRENCY,
  INCIDENTS,
  type Judgement,
  KILL_AT,
  type Moment,
  NORMAL,
} from "./plan.ts";
import { Shops } from "./shops.ts";

const REFRESHED = 0.03;
const BY_WEBHOOK = 0.01;
/** Points of the picture. */
const POINTS = 180;

/** One byte an order, since a set of two million numbers would hold up the shoppers while it grows. */
interface Orders {
  placed: number;
  readonly answered: Uint8Array;
  readonly accepted: Uint8Array;
}

/** Sells as on Black Friday, through two outages, a busy AvantLink and a kill. Judges by the orders that arrived. */
export async function blackFriday(plan: BlackFriday): Promise<BlackFridayReport> {
  const { minutes, rate, processes } = plan;
  const receiver = await startReceiver();
  await receiver.behave(NORMAL);
  const tracked = await Shops.open(plan, receiver.url, true);
  const untracked = await Shops.open(plan, receiver.url, false);
  const most = Math.ceil(minutes * 60 * rate * 1.2) + 1_000;
  const orders: Orders = { placed: 0, answered: new Uint8Array(most), accepted: new Uint8Array(most) };
  let answered = 0;
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1_000;
  const part = () => seconds() / (minutes * 60);
  const underWay = new Set<Promise<void>>();
  const begin = (work: Promise<void>) => {
    const done: Promise<void> = work.finally(() => underWay.delete(done));
    underWay.add(done);
  };

  function noteAnswer(shops: Shops, number: number): void {
    if (shops !== tracked) return;
    if (!orders.answered[number]) answered += 1;
    orders.answered[number] = 1;
  }

  async function visitPage(shops: Shops, number: number): Promise<void> {
    if (await shops.visit(number, `${THANK_YOU}/${orderNumber(number)}`, part)) noteAnswer(shops, number);
  }

  /** A payment provider calls until it is answered 200. */
  async function callWebhook(shops: Shops, number: number): Promise<void> {
    await pause(Math.random() * 200);
    for (;;) {
      const answer = await shops.shopOf(number)?.shoppers.visit(`/webhook/${orderNumber(number)}`, "POST");
      if (answer?.status === 200) return noteAnswer(shops, number);
      await pause(1_000);
    }
  }

  async function buy(shops: Shops, number: number): Promise<void> {
    if (Math.random() < BY_WEBHOOK) {
      begin(callWebhook(shops, number));
      await pause(Math.random() * 200);
    }
    await visitPage(shops, number);
    if (Math.random() >= REFRESHED) return;
    await pause(100 + Math.random() * 2_900);
    await visitPage(shops, number);
  }

  async function noteAccepted(): Promise<void> {
    for (const number of await tracked.accepted()) orders.accepted[number] = 1;
  }

  const lastFault = Math.max(...INCIDENTS.map(({ to }) => to)) * minutes;
  const moments: Moment[] = [];
  const biggest = { backlog: 0, fileMb: 0 };
  let drainedAt = Number.NaN;

  async function watch(signal: AbortSignal): Promise<void> {
    for (let nextPoint = 0; !signal.aborted; await pause(1_000)) {
      await noteAccepted();
      const [rssMb, untrackedRssMb] = [tracked, untracked].map((shops) => shops.watchMemory(seconds()));
      const backlog = Math.max(0, answered - (await receiver.arrivals()).orders);
      const fileMb = fileSize(plan.address);
      biggest.backlog = Math.max(biggest.backlog, backlog);
      biggest.fileMb = Math.max(biggest.fileMb, fileMb);
      if (seconds() > lastFault && backlog <= 2 * CONCURRENCY * processes) drainedAt ||= seconds();
      if (seconds() < nextPoint) continue;
      nextPoint += (minutes * 60) / POINTS;
      const p99 = tracked.interval().p99;
      const untrackedP99 = untracked.interval().p99;
      const memory = { rssMb: rssMb ?? Number.NaN, untrackedRssMb: untrackedRssMb ?? Number.NaN };
      moments.push({ seconds: seconds(), p99, untrackedP99, backlog, ...memory, fileMb });
      plan.progress?.(
        `${Math.round(seconds())} s of ${minutes * 60} s: ${orders.placed} placed, ${backlog} wait`,
      );
    }
  }

  let downMs = 0;
  async function kill(): Promise<void> {
    await noteAccepted();
    const killed = performance.now();
    await Promise.all([tracked.kill(), untracked.kill()]);
    downMs = performance.now() - killed;
  }

  async function goThrough(): Promise<void> {
    const steps = [
      { at: KILL_AT, step: kill },
      ...INCIDENTS.map(({ from, behavior }) => ({ at: from, step: () => receiver.behave(behavior) })),
      ...INCIDENTS.map(({ to }) => ({ at: to, step: () => receiver.behave(NORMAL) })),
      { at: 60, step: async () => {} },
    ];
    for (const { at, step } of steps.toSorted((one, other) => one.at - other.at)) {
      await pause(Math.max(0, (at * minutes - seconds()) * 1_000));
      await step();
    }
  }

  const [closed, ended] = [new AbortController(), new AbortController()];
  const watching = watch(ended.signal);
  const shopping = [
    arrivals(rate, closed.signal, () => {
      begin(buy(tracked, orders.placed));
      orders.placed += 1;
    }),
    arrivals(rate, closed.signal, () => begin(buy(untracked, Math.floor(Math.random() * 1e6)))),
  ];
  await goThrough();
  closed.abort();
  await Promise.all(shopping);
  while (underWay.size > 0) await Promise.all(underWay);
  const totals = await drained(tracked, plan);
  const backlogSeconds = (Number.isNaN(drainedAt) ? seconds() : drainedAt) - lastFault;
  await shrunk(plan.address);
  ended.abort();
  await watching;
  const report: BlackFridayReport = {
    placed: orders.placed,
    answered,
    totals,
    ...(await judge(receiver, tracked, orders)),
    brokenPages: tracked.brokenPages,
    downMs,
    whole: { tracked: tracked.whole, untracked: untracked.whole },
    slices: tracked.slices.map((slice, at) => ({
      tracked: slice,
      untracked: untracked.slices[at] ?? untracked.whole,
    })),
    rssGrowthMb: tracked.growthMb,
    untrackedRssGrowthMb: untracked.growthMb,
    biggestBacklog: biggest.backlog,
    backlogSeconds,
    biggestFileMb: biggest.fileMb,
    fileMb: fileSize(plan.address),
    freeMb: freeMb(plan.address),
    moments,
  };
  await tracked.end();
  await untracked.end();
  await receiver.end();
  return report;
}

/** The receiver alone decides which orders arrived; the outbox and its reports explain the others. */
async function judge(receiver: Receiver, tracked: Shops, orders: Orders): Promise<Judgement> {
  const { orders: arrived, doubled } = await receiver.arrivals();
  const missing = await receiver.missing(orders.placed);
  const states = (await tracked.shopOf(0)?.call("states", missing)) ?? [];
  const gone = missing.map((number, at) => ({ number, state: states[at] ?? "unknown" }));
  const isLost = ({ number, state }: (typeof gone)[number]) =>
    state === "delivered" || (state === "unknown" && orders.accepted[number] === 1);
  const isAnswered = ({ number, state }: (typeof gone)[number]) =>
    state === "unknown" && orders.answered[number] === 1;
  return {
    arrived,
    doubled,
    lost: gone.filter(isLost).map(({ number }) => orderNumber(number)),
    answeredNotAccepted: gone
      .filter((each) => isAnswered(each) && !isLost(each))
      .map(({ number }) => orderNumber(number)),
  };
}

/** Waits until no order is pending; at most as long as the run took, or the longest pause between two attempts. */
async function drained(tracked: Shops, { minutes, progress }: BlackFriday): Promise<OutboxTotals> {
  const until = performance.now() + Math.max(3, minutes, minutes >= 30 ? 20 : 0) * 60_000;
  for (;;) {
    const totals = await tracked.shopOf(0)?.call("totals");
    if (totals && (totals.pending === 0 || performance.now() > until)) return totals;
    progress?.(`the shops are closed; ${totals?.pending} orders wait`);
    await pause(2_000);
  }
}

function fileSize(address: OutboxAddress): number {
  if (address.kind !== "sqlite") return Number.NaN;
  const sizes = [address.path, `${address.path}-wal`].map(
    (path) => statSync(path, { throwIfNoEntry: false })?.size ?? 0,
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 2 ** 20;
}

/** Waits until the file has stopped shrinking. */
async function shrunk(address: OutboxAddress): Promise<void> {
  for (let [before, now] = [Number.NaN, freeMb(address)]; now < before || Number.isNaN(before); ) {
    await pause(3_000);
    before = now;
    now = freeMb(address);
    if (Number.isNaN(now)) return;
  }
}

function freeMb(address: OutboxAddress): number {
  if (address.kind !== "sqlite") return Number.NaN;
  const database = new DatabaseSync(address.path, { readOnly: true });
  const read = (pragma: string) => Number(Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);
  const free = (read("freelist_count") * read("page_size")) / 2 ** 20;
  database.close();
  return free;
}
