import type { Receiver } from "./receiver/receiver.ts";

/** How long everything takes. */
export interface Length {
  readonly name: "quick" | "default" | "full";
  /** How often each contender has its turn. */
  readonly rounds: number;
  /** How long one measurement under load takes, in seconds. */
  readonly seconds: number;
  /** How long a shop is kept busy before it is measured, in seconds. */
  readonly warmUpSeconds: number;
  /** How many stored orders are drained. */
  readonly orders: number;
  /** How many orders are pending at 1×, 10×, 100×. */
  readonly pending: readonly number[];
}

/** What a section is run with. */
export interface Run {
  readonly length: Length;
  readonly receiver: Receiver;
  /** Says what is being done. */
  readonly say: (line: string) => void;
}

/** A promise about a figure, and whether this run kept it. */
export interface TargetRow {
  readonly what: string;
  readonly ours: string;
  readonly beside: string;
  readonly ratio: string;
  readonly target: string;
  readonly met: boolean;
}

/** A table of the report. */
export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What a section found. */
export interface SectionResult {
  readonly targets: readonly TargetRow[];
  readonly tables: readonly Table[];
  /** What the figures cannot say: limits, circumstances, what was left out. */
  readonly notes: readonly string[];
}

/** One of the things that are measured. */
export interface Section {
  readonly letter: string;
  readonly title: string;
  run(run: Run): Promise<SectionResult>;
}
