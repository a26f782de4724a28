import { systemRuntime } from "@avantlink-s2s/core/adapter";
import { type OutboxAddress, outboxAt } from "../../test/support/outboxes.ts";
import { figureOf, plain, withSpread } from "../frame/figures.ts";
import type { Question, Run } from "../frame/question.ts";
import { arrivals, Latencies } from "../load.ts";
import { orderKeyOf, orderNumber } from "../orders.ts";
import { type Receiver, startReceiver } from "../receiver.ts";
import { startShop } from "../shop.ts";
import { THANK_YOU } from "../shop-pages.ts";
import { findStores } from "../stores.ts";

/** When an order is accepted. */
const WAYS = [
  { kind: "ours", what: "when the page's head is written (trackOrders)" },
  { kind: "ours, after the end", what: "after the page's end" },
  { kind: "ours, awaited", what: "before the page (await trackOrder)" },
] as const;
type Way = (typeof WAYS)[number];

const RATE = 667;
const KILLS = 2;

/** What one kill costs. */
interface Kill {
  /** Orders whose page was answered, and that the outbox does not have. */
  readonly gone: number;
  readonly p50: number;
  readonly p99: number;
}

async function killOne({ kind }: Way, receiver: Receiver, address: OutboxAddress, ms: number): Promise<Kill> {
  const shop = await startShop({ kind, receiver: receiver.url, outbox: address, concurrency: 50 });
  const answered: number[] = [];
  const latencies = new Latencies();
  const closed = new AbortController();
  const visits: Promise<void>[] = [];
  let placed = 0;
  const visit = async (number: number) => {
    const { status, ms } = await shop.shoppers.visit(`${THANK_YOU}/${orderNumber(number)}`);
    if (status !== 200) return;
    answered.push(number);
    latencies.add(ms);
  };
  const shopping = arrivals(RATE, closed.signal, () => {
    placed += 1;
    visits.push(visit(placed));
  });
  await new Promise((resolve) => setTimeout(resolve, ms));
  await shop.end();
  closed.abort();
  await shopping;
  await Promise.all(visits);
  const outbox = await outboxAt(address);
  await outbox.open(systemRuntime, () => {});
  const found = await Promise.all(answered.map((number) => outbox.find(orderKeyOf(number))));
  await outbox.close();
  const gone = found.filter((record) => record === undefined).length;
  return { gone, p50: latencies.percentile(50), p99: latencies.percentile(99) };
}

async function ask({ quick, rounds, progress }: Run) {
  const stores = await findStores();
  const receiver = await startReceiver();
  await receiver.behave({ answersAfterMs: 50 });
  const kills = new Map<Way, Kill[]>(WAYS.map((way) => [way, []]));
  try {
    for (let round = 1; round <= rounds * (quick ? 1 : KILLS); round += 1) {
      for (const way of WAYS) {
        progress(`kill ${round} of ${rounds * KILLS}: ${way.what}`);
        const store = await stores.fresh("sqlite");
        const ms = (quick ? 300 : 2_500) + Math.random() * 500;
        kills.get(way)?.push(await killOne(way, receiver, store.address, ms));
        await store.end();
      }
    }
  } finally {
    await receiver.end();
    await stores.end();
  }
  const of = (way: Way, pick: (kill: Kill) => number) => (kills.get(way) ?? []).map(pick);
  const count = kills.get(WAYS[0])?.length ?? 0;
  return {
    targets: [],
    tables: [
      {
        caption: `${RATE} orders a second on SQLite, ${count} times SIGKILL`,
        head: ["the order is accepted", "answered, not accepted, a kill", "page p50 ms", "page p99 ms"],
        rows: WAYS.map((way) => [
          way.what,
          `${plain(of(way, ({ gone }) => gone).reduce((sum, gone) => sum + gone, 0) / count, 1)} (${withSpread(figureOf(of(way, ({ gone }) => gone)))})`,
          withSpread(figureOf(of(way, ({ p50 }) => p50)), 2),
          withSpread(figureOf(of(way, ({ p99 }) => p99)), 1),
        ]),
      },
    ],
    notes: [
      "The mean of all kills, with the median and the spread in brackets. The page times are those of a shop's first seconds.",
    ],
  };
}

export const window: Question = { name: "window", title: "Killed between page and order", seconds: 140, ask };
