import { globSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { defineConfig, type UserConfig } from "tsdown";

interface Manifest {
  exports: Record<string, string | { "@avantlink-s2s/source"?: string }>;
}

// A package is built from what its manifest exports, so that a new subpath is written down once.
function entries(manifest: Manifest): Record<string, string> {
  const sources = Object.values(manifest.exports).flatMap((target) =>
    typeof target === "object" && target["@avantlink-s2s/source"] ? [target["@avantlink-s2s/source"]] : [],
  );
  return Object.fromEntries(sources.map((source) => [source.replace(/^\.\/src\/|\.ts$/g, ""), source]));
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
