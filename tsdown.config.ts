import { globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { defineConfig, type UserConfig } from "tsdown";

const SOURCE = "@avantlink-s2s/source";

// A package is built from what its manifest exports, so that a new subpath is written down once.
function sources(target: unknown): readonly string[] {
  if (typeof target !== "object" || target === null) return [];
  return Object.entries(target).flatMap(([condition, value]) =>
    condition === SOURCE ? [String(value)] : sources(value),
  );
}

function entries(manifest: { exports: unknown }): Record<string, string> {
  return Object.fromEntries(
    sources(manifest.exports).map((source) => [source.replace(/^\.\/src\/|\.ts$/g, ""), source]),
  );
}

const packages = globSync("packages/*/package.json").map(
  (path): UserConfig => ({
    cwd: dirname(path),
    entry: entries(JSON.parse(readFileSync(path, "utf8"))),
    format: ["esm", "cjs"],
    dts: true,
    target: "node20.19",
    platform: "neutral",
    fixedExtension: false,
    sourcemap: false,
    clean: true,
  }),
);

export default defineConfig(packages);
