import { plain } from "../../../bench/frame/figures.ts";
import { type Panel, picture } from "../../../bench/frame/picture.ts";
import { type Answer, targetOf } from "../../../bench/frame/question.ts";
import {
  type BlackFriday,
  type BlackFridayReport,
  CONCURRENCY,
  INCIDENTS,
  KILL_AT,
  type PageTimes,
} from "./plan.ts";

/** What went wrong in a run: orders lost, doubled without a reason or left waiting, and broken pages. */
export function faultsOf({
  lost,
  doubled,
  brokenPages,
  totals,
  arrived,
}: BlackFridayReport): readonly string[] {
  const { accepted, delivered, pending, dead } = totals;
  return [
    ...(lost.length > 0 ? [`lost: ${lost.slice(0, 10).join(", ")}`] : []),
    ...(doubled > CONCURRENCY
      ? [`doubled: ${doubled}, more than the ${CONCURRENCY} under way at the kill`]
      : []),
    ...(brokenPages.length > 0
      ? [`${brokenPages.length} broken pages: ${brokenPages.slice(0, 3).join(", ")}`]
      : []),
    ...(pending + dead > 0 ? [`not delivered: ${pending} pending, ${dead} dead`] : []),
    ...(delivered !== arrived || accepted !== delivered + pending + dead
      ? [`the outbox counts ${JSON.stringify(totals)}, AvantLink ${arrived}`]
      : []),
  ];
}

/** The run as an answer of the bench: goals, table and what they mean. */
export function answerOf(report: BlackFridayReport, plan: BlackFriday): Answer {
  const { totals, slices, whole } = report;
  const { kind } = plan.address;
  const growth = report.rssGrowthMb - report.untrackedRssGrowthMb;
  const targets = [
    targetOf("orders lost", [report.lost.length], { atMost: 0 }, { digits: 0 }),
    targetOf("orders doubled by the kill", [report.doubled], { atMost: CONCURRENCY }, { digits: 0 }),
    targetOf(
      "page p99, of the same shop without tracking",
      slices.map(({ tracked, untracked }) => tracked.p99 / untracked.p99),
      { atMost: 1.25 },
      { behind: `${plain(whole.tracked.p99, 1)} ms beside ${plain(whole.untracked.p99, 1)} ms` },
    ),
    targetOf(
      "growth of the memory beyond that of the shop without tracking, MB",
      [growth],
      { atMost: 64 },
      { digits: 0 },
    ),
    ...(kind === "sqlite"
      ? [
          targetOf(
            "unused part of the file at the end, MB",
            [report.freeMb],
            { atMost: 16 },
            { digits: 0, behind: `of ${plain(report.fileMb)} MB, after ${plain(report.biggestFileMb)} MB` },
          ),
        ]
      : []),
  ];
  const times = ({ p50, p99 }: PageTimes) => `${plain(p50, 1)} / ${plain(p99, 1)} ms`;
  return {
    targets,
    tables: [
      {
        caption: `${plain(plan.rate)} orders/s for ${plan.minutes} min, outbox: ${kind}, ${plan.processes === 1 ? "one process" : "two shops and two workers"}`,
        head: ["", ""],
        rows: [
          ["orders placed", plain(report.placed)],
          ["answered (page or webhook)", plain(report.answered)],
          ["accepted", plain(totals.accepted)],
          ["delivered", plain(report.arrived)],
          ["pending, dead", `${plain(totals.pending)}, ${plain(totals.dead)}`],
          ["doubled", plain(report.doubled)],
          ["lost", plain(report.lost.length)],
          ["answered, not accepted", plain(report.answeredNotAccepted.length)],
          ["broken pages", plain(report.brokenPages.length)],
          ["page p50 / p99", times(whole.tracked)],
          ["page p50 / p99 without tracking", times(whole.untracked)],
          ["memory growth", `${plain(report.rssGrowthMb)} MB`],
          ["memory growth without tracking", `${plain(report.untrackedRssGrowthMb)} MB`],
          ["biggest backlog", `${plain(report.biggestBacklog)} orders`],
          ["backlog delivered after the last fault", `${plain(report.backlogSeconds)} s`],
          ["biggest file", `${plain(report.biggestFileMb)} MB`],
          ["file at the end", `${plain(report.fileMb)} MB, ${plain(report.freeMb)} MB of it unused`],
          ["no page after the kill for", `${plain(report.downMs / 1_000, 1)} s`],
        ],
      },
    ],
    notes: [
      "Shoppers arrive at random moments and do not wait for each other; 3% of the orders come twice (a refresh), 1% also by a webhook. The shop without tracking has as many shoppers at the same time, is killed at the same moment, and shares the two cores.",
      `AvantLink answers in 50 ms. ${INCIDENTS.map(({ what, from, to }) => `It ${what.replace("AvantLink ", "")} from ${at(from, plan)} to ${at(to, plan)}`).join(". ")}. The shop is killed with SIGKILL after ${at(KILL_AT, plan)} and started again. Each worker delivers ${CONCURRENCY} orders at a time.`,
      "The page times leave out the time from the kill until the shop answers again. Each fifth of the run gives one ratio.",
      "“Answered, not accepted”: the kill came between the first byte of a page and the commit of its order. An order that is awaited (`await tracker.trackOrder(order, req)`) or also reported by a webhook has no such moment.",
    ],
  };
}

const at = (sixtieth: number, { minutes }: BlackFriday) => `${plain((sixtieth * minutes) / 60, 1)} min`;

/** Page times through the run, with the backlog, memory and file below. */
export function pictureOf({ moments }: BlackFridayReport, { minutes, rate, address }: BlackFriday): string {
  const line = (name: string, color: string, pick: (moment: (typeof moments)[number]) => number) => ({
    name,
    color,
    points: moments.map((moment) => [moment.seconds, pick(moment)] as const),
  });
  const ticksTo = (values: readonly number[]) => {
    const most = Math.max(1, ...values.filter(Number.isFinite));
    const step = 10 ** Math.floor(Math.log10(most));
    return Array.from({ length: Math.ceil(most / step) + 1 }, (_, tick) => tick * step);
  };
  const panels: Panel[] = [
    {
      title: "Page p99, ms",
      scale: "logarithmic",
      ticks: [1, 10, 100, 1_000],
      lines: [
        line("with tracking", "#1f6fb4", ({ p99 }) => p99),
        line("without tracking", "#999", ({ untrackedP99 }) => untrackedP99),
      ],
    },
    {
      title: "Orders that wait for AvantLink",
      scale: "linear",
      ticks: ticksTo(moments.map(({ backlog }) => backlog)),
      lines: [line("backlog", "#c0392b", ({ backlog }) => backlog)],
    },
    {
      title: address.kind === "sqlite" ? "Memory and file, MB" : "Memory, MB",
      scale: "linear",
      ticks: ticksTo(moments.flatMap(({ rssMb, fileMb }) => [rssMb, fileMb])),
      lines: [
        line("memory with tracking", "#1f6fb4", ({ rssMb }) => rssMb),
        line("memory without tracking", "#999", ({ untrackedRssMb }) => untrackedRssMb),
        ...(address.kind === "sqlite" ? [line("file", "#2e8b57", ({ fileMb }) => fileMb)] : []),
      ],
    },
  ];
  const bands = [
    ...INCIDENTS.map(({ what, from, to }) => ({ label: what, from: from * minutes, to: to * minutes })),
    { label: "kill", from: KILL_AT * minutes, to: KILL_AT * minutes },
  ].toSorted((one, other) => one.from - other.from);
  const seconds = moments.at(-1)?.seconds ?? minutes * 60;
  return picture(`${rate} orders/s, one Express process, ${address.kind}`, seconds, panels, bands);
}
