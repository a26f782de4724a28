/**
 * Installs the packed tarballs into projects as shops have them, and runs those on the Node versions named:
 * `pnpm test:consumers 20 26`. Build first.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { type ConsumerProject, PROJECTS } from "./projects.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
const PACKED = ["core", "express", "outbox", "sandbox", "cli"];
const SHARED = ["express@5", "@types/express@5", "@types/node@24", "typescript@6", "jest@30"];

const versions = process.argv.slice(2);
if (versions.length === 0) versions.push("20", "26");
const work = await mkdtemp(join(tmpdir(), "consumers-"));
let failed = 0;
let passed = 0;

try {
  const tarballs = await pack();
  const home = join(work, "home");
  await mkdir(home);
  await writeFile(join(home, "package.json"), JSON.stringify({ private: true }));
  await npm(home, ["install", "--no-audit", "--no-fund", ...tarballs, ...SHARED]);
  for (const version of versions) {
    const node = await nodeOf(version);
    for (const project of PROJECTS) await check(project, version, node, home);
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

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
  await mkdir(place);
  await writeFile(join(place, "package.json"), JSON.stringify({ private: true }));
  await npm(place, ["install", "--no-audit", "--no-fund", `node@${version}`]);
  return join(place, "node_modules", "node", "bin", "node");
}

async function check(project: ConsumerProject, version: string, node: string, home: string): Promise<void> {
  const place = join(home, `${project.name}-${version}`);
  await mkdir(place);
  await writeFile(join(place, "package.json"), JSON.stringify({ private: true, ...project.manifest }));
  for (const [file, text] of Object.entries(project.files)) await writeFile(join(place, file), text);
  // The project finds what it imports, and runs its commands, in the folder above.
  const env = {
    ...process.env,
    PATH: `${dirname(node)}:${process.env.PATH}`,
    NODE_ENV: "test" as const,
    NODE_OPTIONS: "",
  };
  try {
    for (const [command = "", ...args] of project.commands) {
      const paths = [command, ...args].map((part) =>
        part.replace(/^node_modules\//, `${home}/node_modules/`),
      );
      const [executable = "", ...rest] = paths;
      await run(executable === "node" ? node : executable, rest, { cwd: place, env, timeout: 120_000 });
    }
    passed += 1;
    console.log(`ok   ${project.name} on Node ${version}`);
  } catch (error) {
    failed += 1;
    const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
    console.log(`FAIL ${project.name} on Node ${version}\n${stdout}\n${stderr}\n${String(error)}`);
  }
}

async function npm(cwd: string, args: readonly string[]): Promise<void> {
  await run("npm", [...args, "--prefix", cwd, "--loglevel", "error"], { cwd });
}
