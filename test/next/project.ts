import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { promisify } from "node:util";

const ROOT = join(import.meta.dirname, "../..");
const BUILT = join(import.meta.dirname, ".built");

/** Which Next a project is built with: the newest, or the newest of the major version before. */
export type NextVersion = "next" | "next-15";

declare module "vitest" {
  interface ProvidedContext {
    nextVersion: NextVersion;
  }
}

/** A project to build. */
export interface ProjectPlan {
  /** Its folder, from the repository's root. */
  readonly source: string;
  readonly next: NextVersion;
  /** @default the version's own: Turbopack from Next 16 on */
  readonly bundler?: "webpack" | undefined;
  /** Beside what every project here has in its `next.config`. */
  readonly config?: Readonly<Record<string, unknown>>;
  /** Files to add or to replace, by their path in the project; an empty one is left out. */
  readonly files?: Readonly<Record<string, string>>;
}

/** A project that was built for production. */
export interface BuiltProject {
  readonly dir: string;
  readonly nextBin: string;
  /** What the build printed. */
  readonly output: string;
}

/** A build that failed, with all it printed. */
export class BuildFailure extends Error {
  override readonly name = "BuildFailure";
}

/**
 * Copies a project out of the workspace and builds it with the packages as they are published: from their `dist`,
 * beside the one Next that it is to run on. A build is kept until anything that it was made from changes.
 */
export async function builtProject(plan: ProjectPlan): Promise<BuiltProject> {
  const { dir, nextBin } = placeOf(plan);
  const fingerprint = fingerprintOf(plan);
  const stamp = join(dir, ".built.json");
  if (existsSync(stamp)) {
    const kept = JSON.parse(readFileSync(stamp, "utf8"));
    if (kept.fingerprint === fingerprint) return { dir, nextBin, output: kept.output };
  }
  rmSync(dir, { recursive: true, force: true });
  layOut(dir, plan);
  const output = await build(dir, nextBin, plan);
  writeFileSync(stamp, JSON.stringify({ fingerprint, output }));
  return { dir, nextBin, output };
}

/** A project ready for `next dev`. */
export function laidOut(plan: ProjectPlan): BuiltProject {
  const { dir, nextBin } = placeOf({ ...plan, config: { ...plan.config, distDir: ".next-dev" } });
  rmSync(dir, { recursive: true, force: true });
  layOut(dir, plan);
  return { dir, nextBin, output: "" };
}

function placeOf(plan: ProjectPlan): { dir: string; nextBin: string } {
  const name = plan.source.split("/").at(-1);
  const id = createHash("sha256").update(JSON.stringify(plan)).digest("hex").slice(0, 6);
  return {
    dir: join(BUILT, `${name}-${id}`),
    nextBin: join(realpathSync(join(ROOT, "node_modules", plan.next)), "dist/bin/next"),
  };
}

function layOut(dir: string, { source, next, config, files = {} }: ProjectPlan): void {
  cpSync(join(ROOT, source), dir, { recursive: true, filter: (path) => !/node_modules|\.next\b/.test(path) });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    if (text === "") rmSync(join(dir, path));
    else writeFileSync(join(dir, path), text);
  }
  if (existsSync(join(dir, "scenario.ts"))) {
    cpSync(join(ROOT, "test/conformance/shop.ts"), join(dir, "scenario.ts"));
  }
  if (!existsSync(join(dir, "next.config.ts"))) {
    writeFileSync(
      join(dir, "next.config.mjs"),
      `export default ${JSON.stringify(settings(next, config))};\n`,
    );
  }
  if (next === "next-15" && existsSync(join(dir, "proxy.ts"))) toMiddleware(dir);
  for (const one of ["next", "web", "core"]) publishInto(dir, one);
  for (const one of ["react", "react-dom", "typescript", "@types/react", "@types/node"]) {
    link(join(ROOT, "node_modules", one), join(dir, "node_modules", one));
  }
  for (const one of dependenciesOf(join(ROOT, source))) {
    if (one.startsWith("@avantlink-s2s/")) publishInto(dir, one.slice("@avantlink-s2s/".length));
    else link(installed(source, one), join(dir, "node_modules", one));
  }
  link(join(ROOT, "node_modules", next), join(dir, "node_modules/next"));
}

function dependenciesOf(project: string): string[] {
  const manifest = join(project, "package.json");
  return existsSync(manifest)
    ? Object.keys(JSON.parse(readFileSync(manifest, "utf8")).dependencies ?? {})
    : [];
}

function settings(next: NextVersion, config: ProjectPlan["config"]) {
  return {
    typescript: { ignoreBuildErrors: true },
    ...(next === "next-15" ? { eslint: { ignoreDuringBuilds: true } } : {}),
    turbopack: { root: ROOT },
    outputFileTracingRoot: ROOT,
    ...config,
  };
}

/** Before Next 16 the proxy was called middleware. */
function toMiddleware(dir: string): void {
  const text = readFileSync(join(dir, "proxy.ts"), "utf8");
  writeFileSync(join(dir, "middleware.ts"), text.replace("export const proxy", "export const middleware"));
  rmSync(join(dir, "proxy.ts"));
}

/** A package of ours as npm would install it: a copy, so that it finds the project's own Next. */
function publishInto(dir: string, name: string): void {
  const from = join(ROOT, "packages", name);
  const to = join(dir, "node_modules/@avantlink-s2s", name);
  for (const file of ["dist", "client-component.js"].filter((one) => existsSync(join(from, one)))) {
    cpSync(join(from, file), join(to, file), { recursive: true });
  }
  const manifest = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  writeFileSync(join(to, "package.json"), JSON.stringify(manifest));
  for (const dependency of Object.keys(manifest.dependencies ?? {})) {
    if (!dependency.startsWith("@avantlink-s2s/")) {
      link(join(from, "node_modules", dependency), join(to, "node_modules", dependency));
    }
  }
}

/** A project that is no package of the workspace may name what the outboxes are tested with. */
function installed(source: string, name: string): string {
  const places = [source, "packages/outbox", "."].map((place) => join(ROOT, place, "node_modules", name));
  return places.find((path) => existsSync(path)) ?? name;
}

/** Relative, as pnpm's links are: a copied folder then leads to nothing outside it. */
function link(target: string, path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  rmSync(path, { recursive: true, force: true });
  symlinkSync(relative(dirname(path), realpathSync(target)), path);
}

async function build(dir: string, nextBin: string, { next, bundler }: ProjectPlan): Promise<string> {
  const flags = bundler === "webpack" && next === "next" ? ["--webpack"] : [];
  try {
    const run = promisify(execFile)(process.execPath, [nextBin, "build", ...flags], {
      cwd: dir,
      env: buildEnvironment(),
      maxBuffer: 10_000_000,
    });
    const { stdout, stderr } = await run;
    return stdout + stderr;
  } catch (cause) {
    const { stdout = "", stderr = "" } = Object(cause);
    throw new BuildFailure(`${stdout}${stderr}`, { cause });
  }
}

/** As on a build machine: no merchant is known there, and nothing of this test run shows through. */
function buildEnvironment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
}

function fingerprintOf(plan: ProjectPlan): string {
  const hash = createHash("sha256").update(JSON.stringify(plan)).update(process.version);
  const sources = [
    ...globSync([`${plan.source}/**/*`, "examples/storefront/**/*"], {
      cwd: ROOT,
      exclude: (path) => /node_modules|\.next\b/.test(path),
    }),
    ...globSync("packages/{next,web,core,outbox}/{dist/*,package.json}", { cwd: ROOT }),
    "test/conformance/shop.ts",
    "test/next/project.ts",
    `node_modules/${plan.next}/package.json`,
  ];
  for (const path of sources.sort()) {
    const file = join(ROOT, path);
    if (isFile(file)) hash.update(path).update(readFileSync(file));
  }
  return hash.digest("hex");
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
