/**
 * Measures the packages beside what a shop would use instead: `pnpm bench`, `pnpm bench --only a,d --rounds 5`,
 * `pnpm bench --quick`, `pnpm bench --full`.
 */
import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { growth } from "./growth/section.ts";
import { mapping } from "./mapping/section.ts";
import { accepting } from "./outboxes/accepting.ts";
import { draining } from "./outboxes/draining.ts";
import { page } from "./page/section.ts";
import { startReceiver } from "./receiver/receiver.ts";
import { machine } from "./report/machine.ts";
import { asMarkdown, type Found, forTerminal } from "./report/report.ts";
import type { Length } from "./section.ts";
import { coldStart } from "./start/section.ts";

const SECTIONS = [page, mapping, draining, accepting, coldStart, growth];
const LENGTHS: Readonly<Record<Length["name"], Length>> = {
  quick: { name: "quick", rounds: 1, seconds: 0.5, warmUpSeconds: 0.5, orders: 1_000, pending: [100, 1_000] },
  default: {
    name: "default",
    rounds: 3,
    seconds: 1.5,
    warmUpSeconds: 2,
    orders: 20_000,
    pending: [1_000, 10_000, 100_000],
  },
  full: {
    name: "full",
    rounds: 5,
    seconds: 2,
    warmUpSeconds: 3,
    orders: 20_000,
    pending: [10_000, 100_000, 1_000_000],
  },
};

const { values } = parseArgs({
  options: {
    only: { type: "string" },
    rounds: { type: "string" },
    seconds: { type: "string" },
    orders: { type: "string" },
    quick: { type: "boolean", default: false },
    full: { type: "boolean", default: false },
    out: { type: "string" },
  },
});
const base = LENGTHS[values.quick ? "quick" : values.full ? "full" : "default"];
const length: Length = {
  ...base,
  rounds: values.rounds === undefined ? base.rounds : Number(values.rounds),
  seconds: values.seconds === undefined ? base.seconds : Number(values.seconds),
  orders: values.orders === undefined ? base.orders : Number(values.orders),
};
const letters = values.only?.split(",");
const sections = SECTIONS.filter(({ letter }) => letters?.includes(letter) ?? true);
// Only a whole run of some length may stand for the project.
const isWhole = sections.length === SECTIONS.length && base.name !== "quick";
const out = values.out ?? fileURLToPath(new URL(isWhole ? "./RESULTS.md" : "./last-run.md", import.meta.url));

const before = machine();
const receiver = await startReceiver();
const found: Found[] = [];
for (const section of sections) {
  const started = performance.now();
  const say = (line: string) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${section.letter}: ${line}`);
  };
  console.log(`${section.letter}. ${section.title}`);
  const result = await section.run({ length, receiver, say });
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  console.log(`   ${Math.round((performance.now() - started) / 1_000)} s`);
  found.push({ section, result });
  // After each section, so that a run that is broken off has not been for nothing.
  writeFileSync(out, asMarkdown(found, before, length));
}
await receiver.end();

console.log(forTerminal(found));
console.log(`All figures: ${relative(process.cwd(), out)}`);
