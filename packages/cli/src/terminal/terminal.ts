import { stripVTControlCharacters, styleText } from "node:util";

/** How a word stands out. */
export type Emphasis = "good" | "careful" | "bad" | "strong" | "faint";

const MAX_ROWS = 100;
const STYLES = { good: "green", careful: "yellow", bad: "red", strong: "bold", faint: "dim" } as const;

/** Where a command writes: results to stdout, everything else to stderr, so that results can be piped. */
export type Terminal = ReturnType<typeof openTerminal>;

export function openTerminal({ json = false }: { readonly json?: boolean | undefined }) {
  const emphasise = (how: Emphasis, text: string) => styleText(STYLES[how], text, { stream: process.stdout });
  // For a script, stdout gets one JSON value and nothing else.
  const say = (text: string) => void (json || process.stdout.write(`${text}\n`));
  const sayRows = (rows: readonly (readonly string[])[]) => {
    const widthOf = (cell = "") => stripVTControlCharacters(cell).length;
    const widths = (rows[0] ?? []).map((_, index) => Math.max(...rows.map((row) => widthOf(row[index]))));
    const padded = (cell: string, index: number) =>
      cell + " ".repeat((widths[index] ?? 0) - widthOf(cell) + 2);
    for (const row of rows) say(row.map(padded).join("").trimEnd());
  };
  return {
    /** A line of the result. */
    say,
    /** The result for a script; nothing for a person. */
    sayJson: (value: unknown) => void (json && process.stdout.write(`${JSON.stringify(value, null, 2)}\n`)),
    /** Rows under a head, as part of the result; the first hundred of them. */
    sayTable(head: readonly string[], rows: readonly (readonly string[])[]): void {
      if (rows.length === 0) return;
      sayRows([head.map((title) => emphasise("strong", title)), ...rows.slice(0, MAX_ROWS)]);
      if (rows.length > MAX_ROWS) say(`… and ${rows.length - MAX_ROWS} more; --json prints all.`);
    },
    /** Names with their values, as part of the result. */
    sayFacts: (facts: readonly (readonly [string, string])[]) =>
      sayRows(facts.map(([name, value]) => [emphasise("faint", name), value])),
    /** A line beside the result. */
    note: (text: string) => void process.stderr.write(`${text}\n`),
    /** In color on a terminal, unless `NO_COLOR` is set. */
    emphasise,
  };
}

/** Text from outside, without the characters that control a terminal. */
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\uFFFD");
}
