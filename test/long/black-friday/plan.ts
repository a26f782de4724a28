import type { OutboxTotals } from "@avantlink-s2s/core";
import type { Behavior } from "../../../bench/receiver.ts";
import type { OutboxAddress } from "../../support/outboxes.ts";

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

/** AvantLink without a fault. */
export const NORMAL: Behavior = { answersAfterMs: 50 };

/** AvantLink's faults, by the sixtieth of the run at which each begins and ends. */
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

/** The sixtieth of the run at which the shop is killed. */
export const KILL_AT = 20;

/** A moment of a run. Times are in milliseconds, memory and files in MB. */
export interface Moment {
  readonly seconds: number;
  readonly p99: number;
  readonly untrackedP99: number;
  readonly backlog: number;
  readonly rssMb: number;
  readonly untrackedRssMb: number;
  readonly fileMb: number;
}

/** Page times of one part of a run, in milliseconds. */
export interface PageTimes {
  readonly p50: number;
  readonly p99: number;
}

/** Page times with tracking and without. */
export interface BothPageTimes {
  readonly tracked: PageTimes;
  readonly untracked: PageTimes;
}

/** What became of the orders. */
export interface Judgement {
  /** Orders that AvantLink answered with success. */
  readonly arrived: number;
  /** Success answers beyond the first of an order. */
  readonly doubled: number;
  /** Orders that the outbox accepted, and that neither arrived nor wait. */
  readonly lost: readonly string[];
  /** Orders whose page was answered, and that the outbox never accepted: the kill came between. */
  readonly answeredNotAccepted: readonly string[];
}

/** The result of a run. */
export interface BlackFridayReport extends Judgement {
  /** Orders that were placed; a refreshed or doubly reported order counts once. */
  readonly placed: number;
  /** Orders whose page or webhook was answered. */
  readonly answered: number;
  /** The outbox's own count. */
  readonly totals: OutboxTotals;
  /** What came of pages that broke while the shop was up. */
  readonly brokenPages: readonly (string | number)[];
  /** How long no page was answered after the kill. */
  readonly downMs: number;
  readonly whole: BothPageTimes;
  /** The page times of each fifth of the run. */
  readonly slices: readonly BothPageTimes[];
  /** The growth of a shop's memory after its first seconds, the larger one of before and after the kill. */
  readonly rssGrowthMb: number;
  readonly untrackedRssGrowthMb: number;
  readonly biggestBacklog: number;
  /** From the end of the last fault until no order waits beyond those under way. */
  readonly backlogSeconds: number;
  readonly biggestFileMb: number;
  readonly fileMb: number;
  /** The part of the file that nothing uses. */
  readonly freeMb: number;
  readonly moments: readonly Moment[];
}
