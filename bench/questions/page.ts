import { figureOf, plain, ratios, withSpread } from "../frame/figures.ts";
import { type Question, type Run, targetOf } from "../frame/question.ts";
import { arrivals, Latencies, rush } from "../load.ts";
import { orderNumber } from "../orders.ts";
import { type Receiver, startReceiver } from "../receiver.ts";
import { startShop } from "../shop.ts";
import { THANK_YOU } from "../shop-pages.ts";
import { findStores, type Stores } from "../stores.ts";
import type { TrackerKind } from "../trackers.ts";

/** Who tracks the orders of the shop. */
const CONTENDERS = [
  "no tracking",
  "ours, in memory",
  "ours, on SQLite",
  "un-awaited fetch",
  "Segment",
  "PostHog",
] as const;
type Contender = (typeof CONTENDERS)[number];

const RATE = 300;
/** Every third page is the thank-you page of an order. */
const ORDER_EVERY = 3;
const RUSHING = 16;
const WARM_UP_SECONDS = 2;

interface Turn {
  readonly p50: number;
  readonly p99: number;
  readonly cpuMs: number;
  readonly orders: number;
}

async function turn(contender: Contender, receiver: Receiver, stores: Stores, quick: boolean): Promise<Turn> {
  const store = contender === "ours, on SQLite" ? await stores.fresh("sqlite") : undefined;
  const kind: TrackerKind = contender.startsWith("ours") ? "ours" : (contender as TrackerKind);
  const shop = await startShop({ kind, receiver: receiver.url, outbox: store?.address });
  await receiver.forget();
  let placed = 0;
  const thankYou = () => {
    placed += 1;
    return `${THANK_YOU}/${orderNumber(placed)}`;
  };

  async function sell(seconds: number): Promise<Latencies> {
    const latencies = new Latencies();
    const ended = new AbortController();
    const visits: Promise<void>[] = [];
    let pages = 0;
    const visit = async (path: string) => {
      const { status, ms } = await shop.shoppers.visit(path);
      if (status !== 200) throw new Error(`${contender}: ${path} was answered with ${status}.`);
      latencies.add(ms);
    };
    await arrivals(RATE, ended.signal, () => {
      if (pages >= seconds * RATE) return void ended.abort();
      pages += 1;
      visits.push(visit(pages % ORDER_EVERY === 0 ? thankYou() : "/"));
    });
    await Promise.all(visits);
    await shop.call("finish", 15_000);
    return latencies;
  }

  // Some thousands of orders, so that every contender's code is compiled.
  await rush(RUSHING, quick ? 0.3 : WARM_UP_SECONDS, () => shop.shoppers.visit(thankYou()));
  await shop.call("finish", 15_000);
  const seconds = quick ? 0.5 : 5;
  const cpuBefore = await shop.call("cpuMs");
  const latencies = await sell(seconds);
  const cpuMs = (await shop.call("cpuMs")) - cpuBefore;
  const arrived = (await receiver.arrivals()).orders;
  await shop.end();
  await store?.end();
  if (kind === "ours" && arrived !== placed)
    throw new Error(`${contender}: ${arrived} of ${placed} orders arrived.`);
  return {
    p50: latencies.percentile(50),
    p99: latencies.percentile(99),
    cpuMs,
    orders: (seconds * RATE) / ORDER_EVERY,
  };
}

async function ask({ quick, rounds, progress }: Run) {
  const stores = await findStores();
  const receiver = await startReceiver();
  await receiver.behave({ answersAfterMs: 50 });
  const turns = new Map<Contender, Turn[]>(CONTENDERS.map((name) => [name, []]));
  try {
    for (let round = 0; round < rounds; round += 1) {
      // No contender always has the same neighbor.
      for (let at = 0; at < CONTENDERS.length; at += 1) {
        const contender = CONTENDERS[(at + round) % CONTENDERS.length] ?? "no tracking";
        progress(`round ${round + 1} of ${rounds}: ${contender}`);
        turns.get(contender)?.push(await turn(contender, receiver, stores, quick));
      }
    }
  } finally {
    await receiver.end();
    await stores.end();
  }
  const of = (contender: Contender, pick: (turn: Turn) => number) => (turns.get(contender) ?? []).map(pick);
  const beside = of("no tracking", ({ cpuMs }) => cpuMs);
  const cpuAnOrder = (contender: Contender) =>
    (turns.get(contender) ?? []).map(
      ({ cpuMs, orders }, round) => ((cpuMs - (beside[round] ?? Number.NaN)) * 1_000) / orders,
    );
  const p99 = ({ p99 }: Turn) => p99;
  const ours = ["ours, in memory", "ours, on SQLite"] as const;
  return {
    targets: ours.flatMap((name) => [
      targetOf(`page p99 (${name}), of no tracking`, ratios(of(name, p99), of("no tracking", p99)), {
        atMost: 1.1,
      }),
      targetOf(
        `CPU an order (${name}), of an un-awaited fetch`,
        ratios(cpuAnOrder(name), cpuAnOrder("un-awaited fetch")),
        { atMost: 0.5 },
      ),
    ]),
    tables: [
      {
        caption: `${RATE} pages a second, a third of them orders; AvantLink answers in 50 ms`,
        head: ["", "page p50 ms", "page p99 ms", "p99 of no tracking", "CPU µs an order"],
        rows: CONTENDERS.map((name) => [
          name,
          plain(figureOf(of(name, ({ p50 }) => p50)).median, 2),
          withSpread(figureOf(of(name, p99)), 1),
          withSpread(figureOf(ratios(of(name, p99), of("no tracking", p99))), 2),
          name === "no tracking" ? "–" : withSpread(figureOf(cpuAnOrder(name))),
        ]),
      },
    ],
    notes: [
      "CPU an order: what the shop's process used beyond the shop without tracking in the same round, with accepting, delivering and, for the clients of Segment and PostHog, sending their batches.",
    ],
  };
}

export const page: Question = { name: "page", title: "The cost of a page", seconds: 280, ask };
