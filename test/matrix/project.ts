import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { type SuiteShop, suiteEvents } from "../conformance/harness.ts";
import type { ShopSettings } from "../conformance/shop.ts";
import { freePort } from "../support/free-port.ts";

const ROOT = join(import.meta.dirname, "../..");
const PLACE = join(import.meta.dirname, ".projects");
const run = promisify(execFile);

/** A shop of the suite on one framework, as npm installs it. */
export interface MatrixProject {
  /** Its folder here. */
  readonly name: string;
  /** What npm installs beside our tarballs. */
  readonly packages: readonly string[];
  /** Builds the project, in its folder. */
  readonly build?: readonly string[];
  /** Serves it on 127.0.0.1 and the port in PORT. */
  readonly start: readonly string[];
}

const built = new Map<string, Promise<string>>();

/** Lays out, installs and builds a project at the first call, and opens the suite's shops on it. */
export function shopsOf(project: MatrixProject): (settings: ShopSettings) => Promise<SuiteShop> {
  return async (settings) => {
    const folder = built.get(project.name) ?? laidOut(project);
    built.set(project.name, folder);
    return serve(await folder, project.start, settings);
  };
}

async function laidOut({ name, packages, build }: MatrixProject): Promise<string> {
  const folder = join(PLACE, name);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  cpSync(join(import.meta.dirname, name), folder, { recursive: true });
  cpSync(join(ROOT, "test/conformance/shop.ts"), join(folder, "suite/shop.ts"));
  cpSync(join(import.meta.dirname, "suite/options.ts"), join(folder, "suite/options.ts"));
  const app = readFileSync(join(ROOT, "test/web/suite-app.ts"), "utf8");
  writeFileSync(join(folder, "suite/app.ts"), app.replace("../conformance/shop.ts", "./shop.ts"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  const tarballs = globSync("*.tgz", { cwd: join(PLACE, "tarballs") }).map((file) =>
    join(PLACE, "tarballs", file),
  );
  const npm = ["install", "--no-audit", "--no-fund", "--legacy-peer-deps", ...tarballs, ...packages];
  await run("npm", npm, { cwd: folder });
  if (build) await run("npx", [...build], { cwd: folder, env: environment(), maxBuffer: 10_000_000 });
  return folder;
}

async function serve(folder: string, start: readonly string[], settings: ShopSettings): Promise<SuiteShop> {
  const { keep, eventThat } = suiteEvents();
  const port = await freePort();
  const [command = "", ...args] = start;
  const child = spawn(
    command === "node" ? process.execPath : join(folder, "node_modules/.bin", command),
    args,
    {
      cwd: folder,
      env: {
        ...environment(),
        HOST: "127.0.0.1",
        PORT: String(port),
        SUITE_SETTINGS: JSON.stringify(settings),
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  let output = "";
  const exited = once(child, "close");
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      if (line.startsWith("@event ")) keep(JSON.parse(line.slice("@event ".length)));
      else output += `${line}\n`;
    });
  }
  await listening(child, port, () => output);
  return {
    url: `http://127.0.0.1:${port}`,
    path: (page) => (page === "home" ? "/" : `/${page}`),
    eventThat,
    close: async () => {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function listening(child: ChildProcess, port: number, output: () => string): Promise<void> {
  while (child.exitCode === null) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await pause(50);
  }
  throw new Error(`The server ended with ${child.exitCode}:\n${output()}`);
}

function environment(): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH: `${join(process.execPath, "..")}:${PATH}`, HOME, NODE_ENV: "production" };
}
