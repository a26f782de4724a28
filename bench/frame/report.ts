import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { machine } from "./machine.ts";
import type { Answer, Table, Target } from "./question.ts";

/** An answer as it is kept, with what it was measured on. */
interface Kept extends Answer {
  readonly title: string;
  readonly measured: string;
}

const FOLDER = fileURLToPath(new URL("../", import.meta.url));
const RESULTS = `${FOLDER}results/`;
const HEAD = ["question", "what", "median (least–most)", "bound", ""];

/** Keeps the answer to one question, and writes RESULTS.md anew from the newest answer to each. */
export function keepAnswer(name: string, title: string, answer: Answer, svg?: string): void {
  mkdirSync(RESULTS, { recursive: true });
  const kept: Kept = { title, measured: `${new Date().toISOString().slice(0, 10)}, ${machine()}`, ...answer };
  writeFileSync(`${RESULTS}${name}.json`, `${JSON.stringify(kept, null, 1)}\n`);
  if (svg !== undefined) writeFileSync(`${RESULTS}${name}.svg`, svg);
  const files = readdirSync(RESULTS);
  const all = files
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.replace(".json", ""))
    .map((each) => ({
      name: each,
      hasPicture: files.includes(`${each}.svg`),
      kept: JSON.parse(readFileSync(`${RESULTS}${each}.json`, "utf8")) as Kept,
    }));
  writeFileSync(`${FOLDER}RESULTS.md`, asMarkdown(all));
}

function asMarkdown(
  all: readonly { readonly name: string; readonly hasPicture: boolean; readonly kept: Kept }[],
): string {
  const targets = all.flatMap(({ name, kept }) => kept.targets.map((target) => ({ name, target })));
  const met = targets.filter(({ target }) => target.verdict === "met").length;
  return [
    "# Results of the bench",
    "",
    "Written by the runs. A ratio is taken within a round, to what the same round measured beside. A target is missed where",
    "all rounds are on the wrong side, and open where only their median is.",
    "",
    `**${met} of ${targets.length} targets met.**`,
    "",
    markdown({ caption: "", head: HEAD, rows: targets.map(({ name, target }) => cellsOf(name, target)) }),
    ...all.flatMap(({ name, hasPicture, kept }) => [
      "",
      `## ${kept.title}`,
      "",
      `${kept.measured}.`,
      ...(hasPicture ? ["", `![${kept.title}](results/${name}.svg)`] : []),
      ...kept.tables.flatMap((table) => ["", markdown(table)]),
      ...(kept.notes.length > 0 ? ["", ...kept.notes.map((note) => `- ${note}`)] : []),
    ]),
    "",
  ].join("\n");
}

function cellsOf(name: string, { what, figure, bound, verdict, behind }: Target): string[] {
  return [name, behind ? `${what}: ${behind}` : what, figure, bound, verdict];
}

function markdown({ caption, head, rows }: Table): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  const lines = [line(head), line(head.map(() => "---")), ...rows.map(line)];
  return (caption ? [`**${caption}**`, "", ...lines] : lines).join("\n");
}

/** An answer for the terminal. */
export function forTerminal(answer: Answer): string {
  const tables = answer.tables.map(({ caption, head, rows }) => `${caption}\n${aligned([head, ...rows])}`);
  const targets = answer.targets.map((target) => cellsOf("", target).slice(1));
  return [...tables, ...(targets.length > 0 ? [aligned(targets)] : [])].join("\n\n");
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows.reduce<number[]>(
    (most, cells) => cells.map((cell, at) => Math.max(cell.length, most[at] ?? 0)),
    [],
  );
  return rows
    .map((cells) => `  ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join("  ")}`.trimEnd())
    .join("\n");
}
