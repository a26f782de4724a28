import { statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import type { OutboxTotals } from "@avantlink-s2s/core";
import { arrivals, Latencies } from "../../bench/load.ts";
import { orderNumber } from "../../bench/orders.ts";
import { type Behavior, type Receiver, startReceiver } from "../../bench/receiver.ts";
import { type Shop, startShop } from "../../bench/shop.ts";
import { THANK_YOU } from "../../bench/shop-pages.ts";
import type { TrackerSettings } from "../../bench/trackers.ts";
import type { OutboxAddress } from "../support/outboxes.ts";

/** The plan of a run. */
export interface BlackFriday {
  readonly address: OutboxAddress;
  /** How long shoppers arrive. */
  readonly minutes: number;
  /** Orders a second, over all shops. */
  readonly rate: number;
  /** One shop that delivers its orders itself, or two shops beside two workers. */
  readonly processes: 1 | 2;
  readonly progress?: (line: string) => void;
}

/** Deliveries at a time of each process that delivers. */
export const CONCURRENCY = 50;
const NORMAL: Behavior = { answersAfterMs: 50 };
const REFRESHED = 0.03;
const BY_WEBHOOK = 0.01;
/** The slices of a run whose page times are compared. */
const SLICES = 5;
/** Points of the picture. */
const POINTS = 180;
const WARM_SECONDS = 10;
/** The packages as they are in the sources. */
const CONDITIONS = { NODE_OPTIONS: "--conditions=@avantlink-s2s/source" };

/** What AvantLink and the shop go through, by the sixtieth of the run at which it begins and ends. */
export const INCIDENTS = [
  { what: "AvantLink hangs", from: 5, to: 15, behavior: "hangs" },
  { what: "AvantLink refuses connections", from: 30, to: 40, behavior: "refuses" },
  { what: "AvantLink answers 429", from: 50, to: 51, behavior: { busy: { retryAfterSeconds: 5 } } },
] as const satisfies readonly {
  readonly what: string;
  readonly from: number;
  readonly to: number;
  readonly behavior: Behavior;
}[];
export const KILL_AT = 20;

/** A moment of a run. Times are in milliseconds, memory and files in MB. */
export interface Moment {
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly untrackedP50: number;
  readonly untrackedP99: number;
  readonly backlog: number;
  readonly rssMb: number;
  readonly untrackedRssMb: number;
  readonly fileMb: number;
}

/** Page times of one part of a run, in milliseconds. */
export interface PageTimes {
  readonly pages: number;
  readonly p50: number;
  readonly p99: number;
}

/** The result of a run. */
export interface BlackFridayReport {
  /** Orders that were placed; a refreshed or doubly reported order counts once. */
  readonly placed: number;
  /** Orders whose page or webhook was answered. */
  readonly answered: number;
  /** The outbox's own count. */
  readonly totals: OutboxTotals;
  /** Orders that AvantLink answered with success. */
  readonly arrived: number;
  /** Orders that AvantLink answered with success more than once. */
  readonly doubled: number;
  /** Orders that the outbox accepted, and that neither arrived nor wait. */
  readonly lost: readonly string[];
  /** Orders whose page was answered, and that the outbox never accepted: the kill came between. */
  readonly answeredNotAccepted: readonly string[];
  /** What came of pages that broke while the shop was up. */
  readonly brokenPages: readonly (string | number)[];
  /** How long no page was answered after the kill. */
  readonly downMs: number;
  /** The page times of each slice, with tracking and without. */
  readonly slices: readonly { readonly tracked: PageTimes; readonly untracked: PageTimes }[];
  readonly whole: { readonly tracked: PageTimes; readonly untracked: PageTimes };
  /** The growth of the memory after the first seconds, the larger one of before and after the kill. */
  readonly rssGrowthMb: number;
  readonly untrackedRssGrowthMb: number;
  readonly biggestBacklog: number;
  /** From the end of the last fault until nothing waits beyond what is under way. */
  readonly backlogSeconds: number;
  readonly biggestFileMb: number;
  readonly fileMb: number;
  /** What the file holds of pages that nothing uses. */
  readonly freeMb: number;
  readonly seconds: number;
  readonly moments: readonly Moment[];
}

/** One side of the comparison: shops that track their orders, or the same shops without tracking. */
interface Side {
  shops: readonly Shop[];
  workers: readonly Shop[];
  isUp: boolean;
  readonly brokenPages: (string | number)[];
  interval: Latencies;
  readonly slices: readonly Latencies[];
  readonly whole: Latencies;
  /** The growth of the memory of the first shop in each of its lives. */
  readonly growths: number[];
}

const aSide = (shops: readonly Shop[], workers: readonly Shop[] = []): Side => ({
  shops,
  workers,
  isUp: true,
  brokenPages: [],
  interval: new Latencies(),
  slices: Array.from({ length: SLICES }, () => new Latencies()),
  whole: new Latencies(),
  growths: [],
});

/** Sells as on Black Friday, through two outages, a busy AvantLink and a kill. Judges by the orders that arrived. */
export async function blackFriday(plan: BlackFriday): Promise<BlackFridayReport> {
  const { address, minutes, rate, processes } = plan;
  const receiver = await startReceiver();
  await receiver.behave(NORMAL);
  const settings: TrackerSettings = {
    kind: "ours",
    receiver: receiver.url,
    outbox: address,
    concurrency: CONCURRENCY,
    deliver: processes === 1,
  };
  const openShops = (kind: TrackerSettings["kind"], deliver: boolean) =>
    Promise.all(
      Array.from({ length: processes }, () => startShop({ ...settings, kind, deliver }, CONDITIONS)),
    );
  const openWorkers = async () => (processes === 1 ? [] : openShops("ours", true));
  const tracked = aSide(await openShops("ours", processes === 1), await openWorkers());
  const untracked = aSide(await openShops("no tracking", false));
  const sides = [tracked, untracked];

  const answered = new Set<number>();
  const reported = new Set<number>();
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1_000;
  const sixtieth = minutes;
  const slice = () => Math.min(SLICES - 1, Math.floor((seconds() / (minutes * 60)) * SLICES));
  let placed = 0;
  const underWay = new Set<Promise<void>>();
  const begin = (work: Promise<void>) => {
    const done: Promise<void> = work.finally(() => underWay.delete(done));
    underWay.add(done);
  };

  async function visitPage(side: Side, number: number): Promise<void> {
    const shop = side.shops[number % side.shops.length];
    if (!shop) return;
    const wasUp = side.isUp;
    const { status, ms } = await shop.shoppers.visit(`${THANK_YOU}/${orderNumber(number)}`);
    if (status === 200 && side === tracked) answered.add(number);
    // The shopper of a shop that is killed meets no shop, or a shop that has just been started.
    if (!wasUp || !side.isUp) return;
    if (status !== 200) side.brokenPages.push(status);
    for (const latencies of [side.interval, side.slices[slice()], side.whole]) latencies?.add(ms);
  }

  /** A payment provider calls until it is answered 2xx. */
  async function callWebhook(side: Side, number: number): Promise<void> {
    for (;;) {
      const shop = side.shops[number % side.shops.length];
      const answer = await shop?.shoppers.visit(`/webhook/${orderNumber(number)}`, "POST");
      if (answer?.status === 200) break;
      await pause(1_000);
    }
    if (side === tracked) answered.add(number);
  }

  async function buy(side: Side, number: number): Promise<void> {
    const refreshes = Math.random() < REFRESHED;
    if (Math.random() < BY_WEBHOOK) {
      begin(pause(Math.random() * 200).then(() => callWebhook(side, number)));
      await pause(Math.random() * 200);
    }
    await visitPage(side, number);
    if (!refreshes) return;
    await pause(100 + Math.random() * 2_900);
    await visitPage(side, number);
  }

  /** Kills a shop, and a worker where there is one, as a power cut would, and starts them again. */
  async function kill(side: Side): Promise<void> {
    await noteAccepted();
    side.isUp = false;
    await Promise.all([...side.shops.slice(0, 1), ...side.workers.slice(0, 1)].map((shop) => shop.end()));
    const [kind, deliver] =
      side === tracked ? (["ours", processes === 1] as const) : (["no tracking", false] as const);
    const again = startShop({ ...settings, kind, deliver }, CONDITIONS);
    const worker =
      side.workers.length > 0 ? startShop({ ...settings, deliver: true }, CONDITIONS) : undefined;
    side.shops = [await again, ...side.shops.slice(1)];
    if (worker) side.workers = [await worker, ...side.workers.slice(1)];
    side.isUp = true;
  }

  async function noteAccepted(): Promise<void> {
    for (const shop of tracked.shops) {
      for (const number of await shop.call("accepted").catch(() => [])) reported.add(number);
    }
  }

  const fileMb = () =>
    address.kind === "sqlite" ? megabytes(address.path) + megabytes(`${address.path}-wal`) : Number.NaN;
  const moments: Moment[] = [];
  let [biggestBacklog, biggestFileMb, downMs, drainedAt] = [0, 0, 0, Number.NaN];
  const lastFault = Math.max(...INCIDENTS.map(({ to }) => to)) * sixtieth;

  async function watch(signal: AbortSignal): Promise<void> {
    const lives = sides.map((side) => ({ side, shop: side.shops[0], since: seconds(), warmMb: Number.NaN }));
    let nextPoint = 0;
    while (!signal.aborted) {
      await pause(1_000);
      await noteAccepted();
      for (const life of lives) {
        const shop = life.side.shops[0];
        const mb = shop?.rssMb() ?? Number.NaN;
        if (shop !== life.shop) Object.assign(life, { shop, since: seconds(), warmMb: Number.NaN });
        else if (seconds() - life.since >= Math.min(WARM_SECONDS, sixtieth * 5)) {
          if (Number.isNaN(life.warmMb)) life.warmMb = mb;
          if (mb >= 0) life.side.growths.push(mb - life.warmMb);
        }
      }
      const { orders } = await receiver.arrivals();
      const backlog = Math.max(0, answered.size - orders);
      biggestBacklog = Math.max(biggestBacklog, backlog);
      biggestFileMb = Math.max(biggestFileMb, fileMb());
      if (seconds() > lastFault && backlog <= 2 * CONCURRENCY * processes) drainedAt ||= seconds();
      if (seconds() < nextPoint) continue;
      nextPoint += (minutes * 60) / POINTS;
      moments.push({
        seconds: seconds(),
        p50: tracked.interval.percentile(50),
        p99: tracked.interval.percentile(99),
        untrackedP50: untracked.interval.percentile(50),
        untrackedP99: untracked.interval.percentile(99),
        backlog,
        rssMb: tracked.shops[0]?.rssMb() ?? Number.NaN,
        untrackedRssMb: untracked.shops[0]?.rssMb() ?? Number.NaN,
        fileMb: fileMb(),
      });
      for (const side of sides) side.interval = new Latencies();
      plan.progress?.(
        `${Math.round(seconds())} s of ${minutes * 60} s: ${placed} placed, ${orders} arrived, ${backlog} wait`,
      );
    }
  }

  async function until(sixtieths: number): Promise<void> {
    await pause(Math.max(0, (sixtieths * sixtieth - seconds()) * 1_000));
  }

  async function goThrough(): Promise<void> {
    const steps = [
      ...INCIDENTS.flatMap(({ from, to, behavior }) => [
        { at: from, step: () => receiver.behave(behavior) },
        { at: to, step: () => receiver.behave(NORMAL) },
      ]),
      {
        at: KILL_AT,
        async step() {
          const before = performance.now();
          await Promise.all(sides.map(kill));
          downMs = performance.now() - before;
        },
      },
    ].toSorted((one, other) => one.at - other.at);
    for (const { at, step } of steps) {
      await until(at);
      await step();
    }
    await until(60);
  }

  const [closed, ended] = [new AbortController(), new AbortController()];
  const watching = watch(ended.signal);
  const shopping = [
    arrivals(rate, closed.signal, () => {
      begin(buy(tracked, placed));
      placed += 1;
    }),
    arrivals(rate, closed.signal, () => begin(buy(untracked, Math.floor(Math.random() * 1e6)))),
  ];
  await goThrough();
  closed.abort();
  await Promise.all(shopping);
  while (underWay.size > 0) await Promise.all(underWay);
  const totals = await drained(tracked, plan);
  const backlogSeconds = (Number.isNaN(drainedAt) ? seconds() : drainedAt) - lastFault;
  // The file is brought back to its size with the last orders.
  await pause(2_000);
  ended.abort();
  await watching;
  const judged = await judge(receiver, tracked, { placed, answered, reported });
  const free = freeMb(address);
  const report: BlackFridayReport = {
    placed,
    answered: answered.size,
    totals,
    ...judged,
    brokenPages: tracked.brokenPages,
    downMs,
    slices: tracked.slices.map((slice, at) => ({
      tracked: pageTimes(slice),
      untracked: pageTimes(untracked.slices[at]),
    })),
    whole: { tracked: pageTimes(tracked.whole), untracked: pageTimes(untracked.whole) },
    rssGrowthMb: Math.max(0, ...tracked.growths),
    untrackedRssGrowthMb: Math.max(0, ...untracked.growths),
    biggestBacklog,
    backlogSeconds,
    biggestFileMb,
    fileMb: fileMb(),
    freeMb: free,
    seconds: seconds(),
    moments,
  };
  for (const side of sides) await Promise.all([...side.shops, ...side.workers].map((shop) => shop.end()));
  await receiver.end();
  return report;
}

/** The receiver alone decides which orders arrived; the outbox and its reports explain the others. */
async function judge(
  receiver: Receiver,
  { shops: [shop] }: Side,
  seen: {
    readonly placed: number;
    readonly answered: ReadonlySet<number>;
    readonly reported: ReadonlySet<number>;
  },
) {
  const { orders, doubled } = await receiver.arrivals();
  const missing = await receiver.missing(seen.placed);
  const states = (await shop?.call("states", missing)) ?? [];
  const stateOf = new Map(missing.map((number, at) => [number, states[at] ?? "unknown"]));
  const names = (numbers: readonly number[]) => numbers.map(orderNumber);
  return {
    arrived: orders,
    doubled,
    lost: names(
      missing.filter((number) => {
        const state = stateOf.get(number);
        return state === "delivered" || (state === "unknown" && seen.reported.has(number));
      }),
    ),
    answeredNotAccepted: names(
      missing.filter(
        (number) =>
          stateOf.get(number) === "unknown" && !seen.reported.has(number) && seen.answered.has(number),
      ),
    ),
  };
}

/** Waits until no order is pending: as long as the run took, and at least for the longest pause between two attempts. */
async function drained({ shops: [shop] }: Side, { minutes, progress }: BlackFriday): Promise<OutboxTotals> {
  const until = performance.now() + Math.max(minutes * 60_000, 180_000, minutes >= 30 ? 20 * 60_000 : 0);
  for (;;) {
    const totals = await shop?.call("totals");
    if (totals && (totals.pending === 0 || performance.now() > until)) return totals;
    progress?.(`the shops are closed; ${totals?.pending} orders wait`);
    await pause(1_000);
  }
}

function pageTimes(latencies: Latencies | undefined): PageTimes {
  return {
    pages: latencies?.count ?? 0,
    p50: latencies?.percentile(50) ?? Number.NaN,
    p99: latencies?.percentile(99) ?? Number.NaN,
  };
}

function megabytes(path: string): number {
  return (statSync(path, { throwIfNoEntry: false })?.size ?? 0) / 2 ** 20;
}

function freeMb(address: OutboxAddress): number {
  if (address.kind !== "sqlite") return Number.NaN;
  const database = new DatabaseSync(address.path, { readOnly: true });
  const value = (pragma: string) =>
    Number(Object.values(database.prepare(`PRAGMA ${pragma}`).get() ?? {})[0]);
  const free = (value("freelist_count") * value("page_size")) / 2 ** 20;
  database.close();
  return free;
}
