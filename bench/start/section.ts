import { spawnSync } from "node:child_process";
import { existsSync, realpathSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Figure, figureOf, plain, withSpread } from "../figures.ts";
import type { Run, Section, SectionResult, TargetRow } from "../section.ts";
import { footprintOf } from "./footprint.ts";

const BARE = "bare";
/** The programs, beside one that does nothing. */
const PROGRAMS: readonly { readonly file: string; readonly what: string }[] = [
  { file: "core", what: "@avantlink-s2s/core, a tracker" },
  { file: "express-adapter", what: "@avantlink-s2s/express, a tracker" },
  { file: "next-proxy", what: "@avantlink-s2s/next/proxy, a tracker" },
  { file: "sqlite-outbox", what: "@avantlink-s2s/outbox/sqlite, a tracker" },
  { file: "undici", what: "undici, a pool" },
  { file: "segment", what: "@segment/analytics-node, a client" },
  { file: "posthog", what: "posthog-node, a client" },
  { file: "bullmq", what: "bullmq" },
  { file: "pg", what: "pg, a pool" },
];
const TARGETED = [
  { file: "express-adapter", what: "@avantlink-s2s/express" },
  { file: "next-proxy", what: "@avantlink-s2s/next/proxy" },
];
const LIMIT_MS = 15;
const PACKAGES = [
  "@avantlink-s2s/express",
  "@avantlink-s2s/next",
  "@avantlink-s2s/outbox",
  "undici",
  "@segment/analytics-node",
  "posthog-node",
  "bullmq",
  "pg",
];

interface Started {
  readonly wallMs: number;
  readonly cpuMs: number;
}

function start(node: string, program: string): Started {
  const preload = fileURLToPath(new URL("./cpu-time.cjs", import.meta.url));
  const file = fileURLToPath(new URL(`./programs/${program}.mjs`, import.meta.url));
  const started = performance.now();
  const { stdout, stderr, status } = spawnSync(node, ["--require", preload, file], { encoding: "utf8" });
  const wallMs = performance.now() - started;
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  return { wallMs, cpuMs: Number(stdout) };
}

/** This repository's Node, and the one that whoever runs this has on the path. */
function nodes(): readonly string[] {
  const folders = (process.env.PATH ?? "")
    .split(delimiter)
    .filter((folder) => !folder.includes("node_modules"));
  const own = folders.map((folder) => join(folder, "node")).find((path) => existsSync(path));
  return [...new Set([process.execPath, ...(own ? [realpathSync(own)] : [])])];
}

function versionOf(node: string): string {
  return spawnSync(node, ["--version"], { encoding: "utf8" }).stdout.trim();
}

async function run({ length, say }: Run): Promise<SectionResult> {
  const rounds = length.name === "quick" ? 2 : length.rounds * 7;
  const targets: TargetRow[] = [];
  const tables = [];
  for (const node of nodes()) {
    const version = versionOf(node);
    const found = new Map<string, Started[]>();
    for (let round = 0; round < rounds; round += 1) {
      say(`Node.js ${version}, round ${round + 1} of ${rounds}`);
      for (const file of [BARE, ...PROGRAMS.map((program) => program.file)]) {
        found.set(file, [...(found.get(file) ?? []), start(node, file)]);
      }
    }
    const above = (file: string, pick: (one: Started) => number): Figure => {
      const base = found.get(BARE) ?? [];
      return figureOf((found.get(file) ?? []).map((one, round) => pick(one) - pick(base[round] ?? one)));
    };
    const wall = (one: Started) => one.wallMs;
    const cpu = (one: Started) => one.cpuMs;
    for (const { file, what } of TARGETED) {
      const ms = above(file, wall);
      targets.push({
        what: `start on Node.js ${version}, ms over bare: ${what}`,
        ours: withSpread(ms),
        beside: `segment ${plain(above("segment", wall).median)}, posthog ${plain(above("posthog", wall).median)}`,
        ratio: "",
        target: `< ${LIMIT_MS}`,
        met: ms.median < LIMIT_MS,
      });
    }
    const bare = figureOf((found.get(BARE) ?? []).map(wall));
    tables.push({
      caption: `From start to end on Node.js ${version}, ms over bare Node.js (${withSpread(bare)})`,
      head: ["program", "ms", "processor ms"],
      rows: PROGRAMS.map(({ file, what }) => [
        what,
        withSpread(above(file, wall)),
        withSpread(above(file, cpu)),
      ]),
    });
  }
  tables.push({
    caption: "Installed, with every dependency",
    head: ["package", "packages", "MB"],
    rows: PACKAGES.map((name) => {
      const { packages, megabytes } = footprintOf(name);
      return [name, plain(packages), plain(megabytes, 1)];
    }),
  });
  return { targets, tables, notes: NOTES };
}

const NOTES = [
  "Whole processes: started, the package imported and set up, ended. The built files are measured, as they are published.",
  "Every program is started in turn; the difference is taken within a round. Processor time counts all threads.",
];

export const coldStart: Section = { letter: "e", title: "Starting", run };
