import Table from "cli-table3";
import type { Length, Table as ReportTable, Section, SectionResult, TargetRow } from "../section.ts";

/** A section with what it found. */
export interface Found {
  readonly section: Section;
  readonly result: SectionResult;
}

const HEAD = ["", "what", "ours", "beside", "ratio", "target", ""];

/** One table for the terminal: every promise, and whether it was kept. */
export function forTerminal(found: readonly Found[]): string {
  const table = new Table({ head: HEAD, style: { head: [], compact: true } });
  for (const { section, result } of found)
    table.push(...result.targets.map((row) => cellsOf(section.letter, row)));
  return table.toString();
}

/** The same and everything else, for people to read. */
export function asMarkdown(
  found: readonly Found[],
  machine: readonly (readonly [string, string])[],
  { name, rounds, seconds, orders }: Length,
): string {
  const missed = found.flatMap(({ result }) => result.targets).filter(({ met }) => !met);
  const all = found.flatMap(({ result }) => result.targets);
  return [
    "# Results of the bench",
    "",
    `${new Date().toISOString().slice(0, 16).replace("T", " ")} UTC, length \`${name}\`: ${rounds} rounds, ${seconds} s a measurement, ${orders} orders drained.`,
    "Medians of the rounds, with the least and the most in brackets; a ratio is taken within each round.",
    "",
    table({ caption: "", head: ["", ""], rows: machine }),
    "",
    `## Targets: ${all.length - missed.length} of ${all.length} met`,
    "",
    table({
      caption: "",
      head: HEAD,
      rows: found.flatMap(({ section, result }) => result.targets.map((row) => cellsOf(section.letter, row))),
    }),
    ...found.flatMap(({ section, result }) => [
      "",
      `## ${section.letter}. ${section.title}`,
      ...result.tables.flatMap((one) => ["", `**${one.caption}**`, "", table(one)]),
      "",
      ...result.notes.map((note) => `- ${note}`),
    ]),
    "",
  ].join("\n");
}

function cellsOf(letter: string, { what, ours, beside, ratio, target, met }: TargetRow): string[] {
  return [letter, what, ours, beside, ratio, target, met ? "met" : "MISSED"];
}

function table({ head, rows }: ReportTable): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
