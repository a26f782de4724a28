import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, cpus, totalmem } from "node:os";

const PEERS = ["express", "undici", "@segment/analytics-node", "posthog-node", "bullmq", "pg"];

/** What the figures were measured on. */
export function machine(): string {
  const require = createRequire(import.meta.url);
  const processor = cpus()[0]?.model.trim() ?? "unknown";
  const memory = Math.round(totalmem() / 2 ** 30);
  const peers = PEERS.map((name) => `${name} ${versionOf(name, require)}`).join(", ");
  return `${availableParallelism()} × ${processor}, ${memory} GB, Node.js ${process.version}, ${peers}`;
}

function versionOf(name: string, require: NodeJS.Require): string {
  for (const place of require.resolve.paths(name) ?? []) {
    try {
      return JSON.parse(readFileSync(`${place}/${name}/package.json`, "utf8")).version;
    } catch {
      // The package is in another of these places.
    }
  }
  return "unknown";
}
