import { globSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { rolldown } from "rolldown";
import { defineConfig, type UserConfig } from "tsdown";
import { bundlePage } from "./packages/sandbox/src/page/bundle.ts";

interface Manifest {
  exports: unknown;
  bin?: Record<string, string>;
  devDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

const SHARED =
  /^(?!.*\/src\/(?:index|consent|delivery\/(?:undici-transport|content-encoding)|reporting\/opentelemetry)).*(?<!\.d)\.[cm]?[jt]s$/;
const SOURCE = "@avantlink-s2s/source";

interface Target {
  readonly [SOURCE]?: string;
  readonly import?: { readonly default: string };
}

// A package is built from what its manifest exports: each built file from the source that stands beside it there.
function targets(exported: unknown): readonly Target[] {
  if (typeof exported !== "object" || exported === null) return [];
  return SOURCE in exported
    ? [exported as Target, ...Object.values(exported).flatMap(targets)]
    : Object.values(exported).flatMap(targets);
}

function entries(manifest: Manifest): Record<string, string> {
  const commands = Object.values(manifest.bin ?? {}).map((built): [string, string] => [
    built.replace(/^\.\/dist\/|\.js$/g, ""),
    built.replace(/^\.\/dist\/(.+)\.js$/, "./src/$1.ts"),
  ]);
  const modules = targets(manifest.exports).flatMap((target): [string, string][] => {
    const source = target[SOURCE];
    const built = target.import?.default;
    if (source === undefined || built === undefined) return [];
    return [[built.replace(/^\.\/dist\/|\.js$/g, ""), source]];
  });
  return Object.fromEntries([...modules, ...commands]);
}

/** The licences of what is built in, which ask to go wherever the code goes. */
function writeLicenses(folder: string, { devDependencies = {}, peerDependencies = {} }: Manifest): void {
  const builtIn = Object.keys(devDependencies).filter(
    (name) =>
      !name.startsWith("@types/") && !name.startsWith("@avantlink-s2s/") && !(name in peerDependencies),
  );
  const licenses = builtIn.map((name) => {
    const place = join(folder, "node_modules", name);
    const file = readdirSync(place).find((entry) => /^licen[cs]e/i.test(entry));
    if (!file) throw new Error(`${name} has no licence file to go with it`);
    return `# ${name}\n\n${readFileSync(join(place, file), "utf8").trim()}\n`;
  });
  if (licenses.length > 0)
    writeFileSync(join(folder, "dist", "THIRD-PARTY-LICENSES.txt"), licenses.join("\n"));
}

/** The sandbox's page is bundled once, here, and built in as text. */
const pageAsText = {
  name: "page-as-text",
  load: {
    filter: { id: /sandbox\/src\/page\/bundle\.ts$/ },
    async handler() {
      const files = JSON.stringify([...(await bundlePage())]);
      return `const files = new Map(${files});\nexport const bundlePage = async () => files;\n`;
    },
  },
};

/**
 * The thread of the SQLite outbox is bundled once, here, and built in as text: whatever a shop's own bundler makes of the
 * package, the thread is there.
 */
const threadAsText = {
  name: "thread-as-text",
  load: {
    filter: { id: /outbox\/src\/sqlite\/thread-code\.ts$/ },
    async handler() {
      const bundle = await rolldown({
        input: "packages/outbox/src/sqlite/thread.ts",
        external: ["better-sqlite3"],
        platform: "node",
        resolve: { conditionNames: [SOURCE, "import"] },
        transform: { target: "node20.19" },
      });
      const { output } = await bundle.generate({
        format: "cjs",
        dynamicImportInCjs: false,
        minify: true,
        // Text has no folder of its own to find packages from.
        banner: `require = require("node:module").createRequire(require("node:worker_threads").workerData.from ?? process.cwd() + "/");`,
      });
      await bundle.close();
      return `export const threadCode = ${JSON.stringify(output[0].code)};\n`;
    },
  },
};

const PLUGINS: Readonly<Record<string, readonly { readonly name: string }[]>> = {
  sandbox: [pageAsText],
  outbox: [threadAsText],
};

const packages = globSync("packages/*/package.json").map((path): UserConfig => {
  const folder = dirname(path);
  const name = basename(folder);
  const manifest: Manifest = JSON.parse(readFileSync(path, "utf8"));
  return {
    cwd: folder,
    entry: entries(manifest),
    plugins: [...(PLUGINS[name] ?? [])],
    hooks: { "build:done": () => writeLicenses(folder, manifest) },
    // A command is run, never imported.
    format: manifest.bin ? ["esm"] : ["esm", "cjs"],
    dts: !manifest.bin,
    target: "node20.19",
    platform: "node",
    // Entries share one file, since at start-up each further file costs more than what stands in it; but what
    // only Node.js can do stays with its own entry, so that the edge never sees it, and so does what needs a package
    // that not every shop has.
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
