import { globSync, readFileSync } from "node:fs";
import { basename, dirname } from "node:path";
import { defineConfig, type UserConfig } from "tsdown";

const SHARED = /^(?!.*\/src\/(?:index|delivery)).*(?<!\.d)\.[cm]?[jt]s$/;
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

const packages = globSync("packages/*/package.json").map((path): UserConfig => {
  const name = basename(dirname(path));
  return {
    cwd: dirname(path),
    entry: entries(JSON.parse(readFileSync(path, "utf8"))),
    format: ["esm", "cjs"],
    dts: true,
    target: "node20.19",
    platform: "node",
    // Entries share one file, since at start-up each further file costs more than what stands in it; but what
    // reaches the network stays with its own entry, so that the edge never sees Node's.
    outputOptions: {
      // Jest runs CommonJS in a machine of its own, where import() does not exist.
      dynamicImportInCjs: false,
      ...(name === "core" ? { codeSplitting: { groups: [{ name: "shared", test: SHARED }] } } : {}),
    },
    fixedExtension: false,
    sourcemap: false,
    clean: true,
  };
});

export default defineConfig(packages);
