import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { figureOf, plain, withSpread } from "../frame/figures.ts";
import { type Question, type Run, targetOf } from "../frame/question.ts";
import { MERCHANT_ID } from "../orders.ts";

const OPTIONS = `{ merchantId: "${MERCHANT_ID}", mode: "live" }`;
/** Whole programs: import the package and set it up. */
const PROGRAMS = {
  "bare Node.js": "",
  "@avantlink-s2s/express": `import { createTracker, trackOrders } from "@avantlink-s2s/express"; trackOrders(createTracker(${OPTIONS}), () => undefined);`,
  "@avantlink-s2s/next/proxy": `import { createTracker } from "@avantlink-s2s/core"; import { trackClicks } from "@avantlink-s2s/next/proxy"; trackClicks(createTracker(${OPTIONS}));`,
  Segment: `import { Analytics } from "@segment/analytics-node"; new Analytics({ writeKey: "bench" });`,
  PostHog: `import { PostHog } from "posthog-node"; new PostHog("bench", { host: "http://127.0.0.1:9" });`,
} as const;
type Program = keyof typeof PROGRAMS;
const NAMES = Object.keys(PROGRAMS) as Program[];
const MAX_MS = 20;
const STARTS = 15;

function start(program: Program): number {
  const started = performance.now();
  const { stderr, status } = spawnSync(
    process.execPath,
    ["--input-type=module", "--eval", PROGRAMS[program]],
    {
      encoding: "utf8",
      cwd: fileURLToPath(new URL("..", import.meta.url)),
    },
  );
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  return performance.now() - started;
}

async function ask({ quick, progress }: Run) {
  const starts = quick ? 3 : STARTS;
  const found = new Map<Program, number[]>(NAMES.map((name) => [name, []]));
  for (let round = 0; round <= starts; round += 1) {
    progress(`start ${round} of ${starts}`);
    for (const name of NAMES) {
      const ms = start(name);
      // The first start reads the files from the disk.
      if (round > 0) found.get(name)?.push(ms);
    }
  }
  const bare = found.get("bare Node.js") ?? [];
  const above = (name: Program) => (found.get(name) ?? []).map((ms, round) => ms - (bare[round] ?? 0));
  return {
    targets: (["@avantlink-s2s/express", "@avantlink-s2s/next/proxy"] as const).map((name) =>
      targetOf(`start of ${name} above bare Node.js, ms`, above(name), { atMost: MAX_MS }, { digits: 0 }),
    ),
    tables: [
      {
        caption: `From start to end, ms above bare Node.js ${process.version} (${plain(figureOf(bare).median)} ms)`,
        head: ["program", "ms"],
        rows: NAMES.slice(1).map((name) => [name, withSpread(figureOf(above(name)))]),
      },
    ],
    notes: [],
  };
}

export const coldStart: Question = { name: "start", title: "Starting", seconds: 15, ask };
