import { figureOf, plain, ratios, withSpread } from "../figures.ts";
import type { Table, TargetRow } from "../section.ts";
import type { Contender } from "./tracking.ts";
import { type Case, LIMIT, type Turn, type Turns } from "./turn.ts";

const LEAST_THROUGHPUT = 0.75;
const MAX_P99 = 1.25;
const MAX_GROWTH_MB = 64;

type Pick = (turn: Turn) => number;
const perSecond: Pick = ({ saturated }) => saturated.perSecond;
const slowest: Pick = ({ half }) => half.p99;
const growth: Pick = ({ rssGrowthMb }) => rssGrowthMb;

/** What the targets say of a contender of ours. */
export function targetsOf(
  { page, receiver }: Case,
  contender: Contender,
  turns: Turns,
): readonly TargetRow[] {
  const own = turns.get(contender) ?? [];
  const limit = turns.get(LIMIT) ?? [];
  const throughput = compare(own, limit, perSecond);
  const p99 = compare(own, limit, slowest);
  const rss = figureOf(own.map(growth));
  const orders = own.at(-1)?.orders;
  const lost = orders?.lost ?? Number.NaN;
  const who = `${contender}, ${page} page, receiver ${receiver}`;
  const beside = (pick: Pick, digits = 0) => `${LIMIT} ${withSpread(figureOf(limit.map(pick)), digits)}`;
  return [
    {
      what: `pages/s at saturation: ${who}`,
      ours: withSpread(figureOf(own.map(perSecond))),
      beside: beside(perSecond),
      ratio: withSpread(throughput, 2),
      target: `≥ ${LEAST_THROUGHPUT}`,
      met: throughput.median >= LEAST_THROUGHPUT,
    },
    {
      what: `p99 ms at half of it: ${who}`,
      ours: withSpread(figureOf(own.map(slowest)), 1),
      beside: beside(slowest, 1),
      ratio: withSpread(p99, 2),
      target: `≤ ${MAX_P99}`,
      met: p99.median <= MAX_P99,
    },
    {
      what: `RSS growth, MB: ${who}`,
      ours: withSpread(rss),
      beside: beside(growth),
      ratio: "",
      target: `< ${MAX_GROWTH_MB}`,
      met: rss.median < MAX_GROWTH_MB,
    },
    {
      what: `orders lost: ${who}`,
      ours: plain(lost),
      beside: `accepted ${plain(orders?.accepted ?? Number.NaN)}`,
      ratio: "",
      target: "0",
      met: lost === 0,
    },
  ];
}

/** Everybody's figures of a case. */
export function tableOf({ page, receiver, contenders }: Case, turns: Turns): Table {
  const limit = turns.get(LIMIT) ?? [];
  return {
    caption: `The ${page} page, receiver: ${receiver}`,
    head: [
      "tracking",
      "pages/s at saturation",
      "of no tracking",
      "p50 / p99 ms there",
      "p50 / p99 ms at half",
      "CPU µs a page",
      "RSS / heap growth MB",
      "accepted",
      "refused",
      "arrived",
      "pending",
      "lost",
      "broken pages",
    ],
    rows: contenders.map((contender) => rowOf(contender, turns.get(contender) ?? [], limit)),
  };
}

function rowOf(contender: Contender, own: readonly Turn[], limit: readonly Turn[]): readonly string[] {
  const orders = own.at(-1)?.orders;
  const median = (pick: Pick, digits = 0) => plain(figureOf(own.map(pick)).median, digits);
  const count = (value: number | undefined) => (value === undefined ? "–" : plain(value));
  return [
    contender,
    withSpread(figureOf(own.map(perSecond))),
    withSpread(compare(own, limit, perSecond), 2),
    `${median(({ saturated }) => saturated.p50, 1)} / ${median(({ saturated }) => saturated.p99, 1)}`,
    `${median(({ half }) => half.p50, 1)} / ${median(slowest, 1)}`,
    median(({ cpuUsAPage }) => cpuUsAPage),
    `${median(growth)} / ${median(({ heapGrowthMb }) => heapGrowthMb)}`,
    count(orders?.accepted),
    count(orders?.refused),
    count(orders?.arrived),
    count(orders?.pending),
    count(orders?.lost),
    plain(own.reduce((sum, { saturated, half }) => sum + saturated.broken + half.broken, 0)),
  ];
}

function compare(own: readonly Turn[], limit: readonly Turn[], pick: Pick) {
  return ratios(own.map(pick), limit.map(pick));
}
