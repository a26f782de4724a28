/**
 * Installs the packed tarballs into projects as shops have them, and runs those on each version named:
 * `pnpm test:consumers --node 20,26 --express 4.18,5 --next 16`. Build first.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs, promisify } from "node:util";
import { commandLine, jest, shopsOfExpress } from "./express-projects.ts";
import type { ConsumerHome, ConsumerProject } from "./project.ts";
import { jestOfTheDocs, quickStartsOfExpress, quickStartsOfNext } from "./quick-starts.ts";
import { sqliteShop } from "./sqlite-project.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const PACKED = ["core", "web", "express", "next", "orders", "outbox", "sandbox", "cli"];

const { values: asked } = parseArgs({
  options: {
    node: { type: "string", default: "20,26" },
    express: { type: "string", default: "4.18,5" },
    next: { type: "string", default: "" },
    // Takes minutes: it is compiled where its package brings nothing for the machine.
    "better-sqlite3": { type: "boolean", default: false },
  },
});
const listed = (text: string) => text.split(",").filter(Boolean);

const homes: readonly ConsumerHome[] = [
  ...listed(asked.express).map((version, index) => ({
    name: `Express ${version}`,
    packages: [
      `express@~${version}`,
      `@types/express@${version.split(".", 1)}`,
      "@types/node@24",
      "typescript@6",
      "jest@30",
      "supertest@7",
      "esbuild@0.25",
    ],
    // What is no matter of Express is tried once.
    projects: [
      ...shopsOfExpress,
      ...quickStartsOfExpress,
      ...(index === 0 ? [jest, jestOfTheDocs, commandLine, sqliteShop("built in")] : []),
    ],
  })),
  ...listed(asked.next).map((version) => ({
    name: `Next ${version}`,
    packages: [
      `next@~${version}`,
      "react@19",
      "react-dom@19",
      "typescript@5",
      "@types/react@19",
      "@types/node@24",
    ],
    projects: quickStartsOfNext(version),
  })),
  ...(asked["better-sqlite3"]
    ? [
        {
          name: "better-sqlite3",
          packages: ["better-sqlite3@12", "esbuild@0.25"],
          projects: [sqliteShop("installed")],
        },
      ]
    : []),
];

const work = await mkdtemp(join(tmpdir(), "consumers-"));
let failed = 0;
let passed = 0;
let skipped = 0;

try {
  const tarballs = await pack();
  const nodes = new Map<string, string>();
  for (const version of listed(asked.node)) nodes.set(version, await nodeOf(version));
  for (const home of homes) await checkHome(home, tarballs, nodes);
} finally {
  await rm(work, { recursive: true, force: true, maxRetries: 3 });
}
console.log(`${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

async function pack(): Promise<readonly string[]> {
  const destination = join(work, "tarballs");
  await mkdir(destination);
  for (const name of PACKED) {
    await run("pnpm", ["pack", "--pack-destination", destination], { cwd: join(root, "packages", name) });
  }
  return (await readdir(destination)).map((file) => join(destination, file));
}

/** The executable of a Node version, from its npm package. */
async function nodeOf(version: string): Promise<string> {
  const place = join(work, `node-${version}`);
  await newFolder(place, {});
  await npm(place, ["install", "--no-audit", "--no-fund", `node@${version}`]);
  return join(place, "node_modules", "node", "bin", "node");
}

async function checkHome(
  { name, packages, projects }: ConsumerHome,
  tarballs: readonly string[],
  nodes: ReadonlyMap<string, string>,
): Promise<void> {
  const home = join(work, name.replaceAll(" ", "-").toLowerCase());
  await newFolder(home, {});
  await npm(home, ["install", "--no-audit", "--no-fund", "--no-save", ...tarballs, ...packages]);
  for (const [version, node] of nodes) {
    for (const project of projects) await check(project, `${name}, Node ${version}`, version, node, home);
  }
}

async function check(
  project: ConsumerProject,
  where: string,
  version: string,
  node: string,
  home: string,
): Promise<void> {
  const why = project.unfit?.(Number.parseInt(version, 10));
  if (why !== undefined) {
    skipped += 1;
    console.log(`skip ${project.name} on ${where}: ${why}`);
    return;
  }
  const place = join(home, `${project.name}-${version}`);
  await newFolder(place, project.manifest);
  for (const [file, text] of Object.entries(project.files)) {
    await mkdir(dirname(join(place, file)), { recursive: true });
    await writeFile(join(place, file), text);
  }
  // The project finds what it imports, and runs its commands, in the folder above.
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: `${dirname(node)}:${process.env.PATH}`,
    NEXT_TELEMETRY_DISABLED: "1",
    NODE_OPTIONS: "",
    NODE_ENV: project.environment ?? "test",
  };
  try {
    for (const [command = "", ...args] of project.commands) {
      const paths = [command, ...args].map((part) =>
        part.replace(/^node_modules\//, `${home}/node_modules/`),
      );
      const [executable = "", ...rest] = paths;
      await run(executable === "node" ? node : executable, rest, { cwd: place, env, timeout: 240_000 });
    }
    passed += 1;
    console.log(`ok   ${project.name} on ${where}`);
  } catch (error) {
    failed += 1;
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    console.log(`FAIL ${project.name} on ${where}\n${stdout}\n${stderr}\n${String(error)}`);
  }
}

async function newFolder(place: string, manifest: Readonly<Record<string, unknown>>): Promise<void> {
  await mkdir(place);
  await writeFile(join(place, "package.json"), JSON.stringify({ private: true, ...manifest }));
}

async function npm(cwd: string, args: readonly string[]): Promise<void> {
  await run("npm", [...args, "--prefix", cwd, "--loglevel", "error"], { cwd });
}
