import { type Figure, figureOf, withSpread } from "./figures.ts";

/** The conditions of a run. */
export interface Run {
  /** Whether the run only proves that the bench works. */
  readonly quick: boolean;
  /** How often each contender has its turn. */
  readonly rounds: number;
  /** Shows what is being measured. */
  progress(line: string): void;
}

/** A question of the bench. */
export interface Question {
  readonly name: string;
  readonly title: string;
  /** The time that a whole run takes on two cores, in seconds. */
  readonly seconds: number;
  ask(run: Run): Promise<Answer>;
}

/** The figures that answer a question. */
export interface Answer {
  readonly targets: readonly Target[];
  readonly tables: readonly Table[];
  readonly notes: readonly string[];
}

/** A table of the report. */
export interface Table {
  readonly caption: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A bound on a figure, and whether this run kept it. */
export interface Target {
  readonly what: string;
  /** The median with its spread over the rounds. */
  readonly figure: string;
  readonly bound: string;
  /** `open`: the median is on the wrong side, but the spread reaches the right one, so that this machine cannot decide. */
  readonly verdict: "met" | "missed" | "open";
  /** The figures behind a ratio. */
  readonly behind: string;
}

/** A bound on figures. */
export type Bound = { readonly atMost: number } | { readonly atLeast: number };

/** Judges the figures of the rounds, each a ratio to what the same round measured beside. */
export function targetOf(
  what: string,
  rounds: readonly number[],
  bound: Bound,
  { digits = 2, behind = "" }: { readonly digits?: number; readonly behind?: string } = {},
): Target {
  const figure = figureOf(rounds);
  return {
    what,
    figure: withSpread(figure, digits),
    bound: "atMost" in bound ? `≤ ${bound.atMost}` : `≥ ${bound.atLeast}`,
    verdict: verdictOn(figure, bound),
    behind,
  };
}

function verdictOn({ median, least, most }: Figure, bound: Bound): Target["verdict"] {
  const keeps = (value: number) => ("atMost" in bound ? value <= bound.atMost : value >= bound.atLeast);
  if (keeps(median)) return "met";
  return keeps("atMost" in bound ? least : most) ? "open" : "missed";
}
