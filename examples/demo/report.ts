import { styleText } from "node:util";
import type { AnnotatedLine } from "./annotated-json.ts";
import { Unexpected } from "./shopper.ts";
import type { Step } from "./walk.ts";

// styleText prints no colors where there is no terminal, or with NO_COLOR.

const MARGIN = 3;
const NOTE_COLUMN = 62;

export function heading(text: string): void {
  console.log(`\n${styleText(["bold", "cyan"], text)}`);
}

export function line(text = ""): void {
  console.log(text === "" ? "" : `   ${text}`);
}

export function good(text: string): void {
  line(`${styleText("green", "✓")} ${text}`);
}

export function bad(text: string): void {
  console.error(`\n${styleText(["bold", "red"], "✗")} ${text}`);
}

/** Prints an error: its message, and the stack of a fault in the demo itself. */
export function failure(error: unknown): void {
  if (!(error instanceof Error)) throw error;
  bad(error instanceof Unexpected || "code" in error ? error.message : (error.stack ?? ""));
}

/** Numbers the steps of the walk. */
export function stepReporter(): (step: Step) => void {
  let count = 0;
  return ({ title, page, lines }) => {
    count += 1;
    console.log(`\n${styleText("bold", `${String(count).padStart(2)} ${title}`)}`);
    for (const request of page.trail) line(styleText("dim", request));
    for (const text of lines) line(text);
  };
}

/** Prints JSON on the left and the source of each value on the right, or below where it does not fit. */
export function annotatedJson(lines: readonly AnnotatedLine[], width = process.stdout.columns ?? 120): void {
  for (const { json, from } of lines) {
    if (from === undefined) {
      line(json);
      continue;
    }
    const note = `← ${from}`;
    const room = width - MARGIN - NOTE_COLUMN;
    if (json.length < NOTE_COLUMN && note.length <= room) {
      line(json.padEnd(NOTE_COLUMN) + styleText("yellow", note));
      continue;
    }
    line(json);
    const column = note.length <= room ? NOTE_COLUMN : json.length - json.trimStart().length + MARGIN;
    line(" ".repeat(column) + styleText("yellow", note));
  }
}
