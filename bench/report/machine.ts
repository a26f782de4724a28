import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, loadavg, release, totalmem, type } from "node:os";
import { VERSION } from "../../packages/core/src/version.ts";

const PEERS = [
  "express",
  "next",
  "undici",
  "@segment/analytics-node",
  "posthog-node",
  "bullmq",
  "pg",
  "autocannon",
  "tinybench",
];

/** What the figures were taken on. */
export function machine(): readonly (readonly [string, string])[] {
  const require = createRequire(import.meta.url);
  const processor = cpus()[0]?.model.trim() ?? "unknown";
  return [
    [
      "machine",
      `${availableParallelism()} × ${processor}, ${Math.round(totalmem() / 2 ** 30)} GB, ${type()} ${release()}`,
    ],
    [
      "load before",
      loadavg()
        .map((value) => value.toFixed(1))
        .join(", "),
    ],
    ["Node.js", process.version],
    ["avantlink-s2s", VERSION],
    ...PEERS.map((name): readonly [string, string] => [name, versionOf(name, require)]),
  ];
}

function versionOf(name: string, require: NodeJS.Require): string {
  for (const place of require.resolve.paths(name) ?? []) {
    try {
      return JSON.parse(readFileSync(`${place}/${name}/package.json`, "utf8")).version;
    } catch {
      // It is in another of these places.
    }
  }
  return "unknown";
}
