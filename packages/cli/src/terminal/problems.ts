import type { Emphasis, Terminal } from "./terminal.ts";
import { harmless } from "./terminal.ts";

/** Something about an order or a payload. */
export interface Problem {
  /** `error`: not sent, refused, or money or privacy is lost. `warning`: probably a mistake. `info`: good to know. */
  readonly severity: "error" | "warning" | "info";
  /** The line of the file, where there is one. */
  readonly line?: number | undefined;
  /** The field, as in `products[2].sku`. */
  readonly field: string;
  /** Which rule says so. */
  readonly rule: string;
  /** What is wrong, and what to do about it. Never holds a value that could name a person. */
  readonly message: string;
}

const LOOKS: Readonly<Record<Problem["severity"], Emphasis>> = {
  error: "bad",
  warning: "careful",
  info: "faint",
};

/** Prints problems for people, gravest first. */
export function sayProblems({ sayTable, emphasise }: Terminal, problems: readonly Problem[]): void {
  if (problems.length === 0) return;
  const order = { error: 0, warning: 1, info: 2 };
  const sorted = [...problems].sort((a, b) => order[a.severity] - order[b.severity]);
  sayTable(
    ["", "field", "problem", "rule"],
    sorted.map(({ severity, line, field, message, rule }) => [
      emphasise(LOOKS[severity], severity),
      harmless(line === undefined ? field : `line ${line}: ${field}`),
      harmless(message),
      rule,
    ]),
  );
}
