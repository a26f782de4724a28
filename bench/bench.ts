/**
 * Measures the packages beside what a shop would use instead: `pnpm bench`, `pnpm bench --only page,start`,
 * `pnpm bench --quick`. A whole run keeps its answers and writes RESULTS.md.
 */
import { parseArgs } from "node:util";
import type { Question } from "./frame/question.ts";
import { forTerminal, keepAnswer } from "./frame/report.ts";
import { bursts } from "./questions/bursts.ts";
import { delivery } from "./questions/delivery.ts";
import { flatness } from "./questions/flatness.ts";
import { mapping } from "./questions/mapping.ts";
import { page } from "./questions/page.ts";
import { saturation } from "./questions/saturation.ts";
import { coldStart } from "./questions/start.ts";
import { window } from "./questions/window.ts";

const QUESTIONS: readonly Question[] = [
  page,
  window,
  mapping,
  delivery,
  bursts,
  flatness,
  coldStart,
  saturation,
];
const ROUNDS = 5;

const { values } = parseArgs({
  options: { only: { type: "string" }, quick: { type: "boolean", default: false } },
});
const names = values.only?.split(",") ?? QUESTIONS.map(({ name }) => name);
const asked = QUESTIONS.filter(({ name }) => names.includes(name));
if (asked.length < names.length)
  throw new Error(`--only names questions: ${QUESTIONS.map(({ name }) => name).join(", ")}.`);

const minutes = asked.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
console.log(values.quick ? "A quick run: its figures say nothing." : `This takes ${Math.ceil(minutes)} min.`);
let missed = 0;
for (const { name, title, seconds, ask } of asked) {
  console.log(`\n${title} (${name})${values.quick ? "" : `, ${Math.ceil(seconds / 60)} min`}`);
  const progress = (line: string) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${line}`);
  };
  const answer = await ask({ quick: values.quick, rounds: values.quick ? 1 : ROUNDS, progress });
  progress("");
  console.log(forTerminal(answer));
  // After each question, so that a run that breaks off keeps what it has.
  if (!values.quick) keepAnswer(name, title, answer);
  missed += answer.targets.filter(({ verdict }) => verdict === "missed").length;
}
if (!values.quick) console.log(`\nbench/RESULTS.md has all figures; ${missed} targets missed in this run.`);
