import type { Behavior } from "../receiver/receiver.ts";
import type { LoadFigures } from "./load.ts";
import type { PageKind } from "./shops.ts";
import type { Contender } from "./tracking.ts";

export const LIMIT: Contender = "no tracking";
export const OURS: readonly Contender[] = ["memory outbox", "SQLite outbox"];

/** One shop under one circumstance. */
export interface Case {
  readonly page: PageKind;
  readonly receiver: string;
  readonly behavior: Behavior;
  readonly contenders: readonly Contender[];
}

/** One contender's turn. */
export interface Turn {
  readonly saturated: LoadFigures;
  readonly half: LoadFigures;
  readonly cpuUsAPage: number;
  readonly rssGrowthMb: number;
  readonly heapGrowthMb: number;
  readonly orders?: Reckoning;
}

/** What became of the orders. */
export interface Reckoning {
  readonly accepted: number;
  readonly refused: number;
  readonly arrived: number;
  readonly pending: number;
  readonly lost: number;
}

/** Every contender's turns of a case. */
export type Turns = ReadonlyMap<Contender, readonly Turn[]>;
