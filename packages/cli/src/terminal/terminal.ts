import { stripVTControlCharacters, styleText } from "node:util";
import Table from "cli-table3";

/** How a word stands out. */
export type Emphasis = "good" | "careful" | "bad" | "strong" | "faint";

const MIN_WRAPPED_WIDTH = 24;
const STYLES = { good: "green", careful: "yellow", bad: "red", strong: "bold", faint: "dim" } as const;

/** Where a command writes: results to stdout, everything else to stderr, so that results can be piped. */
export interface Terminal {
  /** For a script: stdout then gets one JSON value and nothing else. */
  readonly json: boolean;
  /** A line of the result. */
  say(line: string): void;
  /** The result for a script; nothing for a person. */
  sayJson(value: unknown): void;
  /** Rows under a head, as part of the result. */
  sayTable(head: readonly string[], rows: readonly (readonly string[])[]): void;
  /** Names with their values, as part of the result. */
  sayFacts(facts: readonly (readonly [string, string])[]): void;
  /** A line beside the result. */
  note(line: string): void;
  /** In color on a terminal, unless `NO_COLOR` is set. */
  emphasise(how: Emphasis, text: string): string;
}

export function openTerminal({ json }: { readonly json: boolean }): Terminal {
  const line = (text: string) => `${text}\n`;
  const emphasise = (how: Emphasis, text: string) => styleText(STYLES[how], text, { stream: process.stdout });
  return {
    json,
    say: (text) => void (json || process.stdout.write(line(text))),
    sayJson: (value) => void (json && process.stdout.write(line(JSON.stringify(value, null, 2)))),
    sayTable(head, rows) {
      if (json) return;
      const bold = head.map((title) => styleText(STYLES.strong, title, { stream: process.stdout }));
      const table = new Table({
        head: bold,
        style: { head: [], border: [], "padding-left": 0, "padding-right": 2 },
        chars: BARE,
        colWidths: columnWidths([head, ...rows], process.stdout.columns),
        wordWrap: true,
      });
      table.push(...rows.map((row) => [...row]));
      process.stdout.write(line(table.toString().replace(/ +$/gm, "")));
    },
    note: (text) => void process.stderr.write(line(text)),
    sayFacts(facts) {
      const width = Math.max(...facts.map(([name]) => name.length));
      for (const [name, value] of facts) {
        if (!json) process.stdout.write(line(`${emphasise("faint", name.padEnd(width))}  ${value}`));
      }
    },
    emphasise,
  };
}

/** Text from outside, without the characters that control a terminal. */
export function harmless(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, "\uFFFD");
}

/** Narrows the widest column, whose words then wrap, until a row fits the terminal. */
function columnWidths(rows: readonly (readonly string[])[], width: number | undefined): (number | null)[] {
  const widths = (rows[0] ?? []).map((_, index) =>
    Math.max(...rows.map((row) => stripVTControlCharacters(row[index] ?? "").length + 2)),
  );
  const over = widths.reduce((sum, one) => sum + one, 0) - (width ?? Number.POSITIVE_INFINITY);
  const widest = Math.max(...widths);
  if (over <= 0) return widths.map(() => null);
  return widths.map((one) => (one === widest ? Math.max(MIN_WRAPPED_WIDTH, one - over) : null));
}

const BARE = {
  top: "",
  "top-mid": "",
  "top-left": "",
  "top-right": "",
  bottom: "",
  "bottom-mid": "",
  "bottom-left": "",
  "bottom-right": "",
  left: "",
  "left-mid": "",
  mid: "",
  "mid-mid": "",
  right: "",
  "right-mid": "",
  middle: "",
};
