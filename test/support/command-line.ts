import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../packages/cli", import.meta.url));

/** What starts the command: as it is published where the packages were built for the tests, else from its sources. */
const COMMAND = process.env.BUILT_COMMAND
  ? [`${CLI}/dist/main.js`]
  : ["--conditions=@avantlink-s2s/source", `${CLI}/src/main.ts`];

/** The result of a finished command. */
export interface Finished {
  /** The exit code; `null` when the command was killed. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of a command. */
export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly cwd?: string;
}

/** A command in a process of its own. */
export interface RunningCommand {
  readonly process: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** Starts `avantlink-s2s` as a user would, with no environment but the given variables. */
export function startCommand(args: readonly string[], options: CommandOptions = {}): RunningCommand {
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", ...COMMAND, ...args], {
    env: { PATH, NODE_COMPILE_CACHE, NODE_ENV: "test", ...options.env },
    cwd: options.cwd,
    stdio: "pipe",
  });
  child.stdin.end(options.stdin ?? "");
  const finished = Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]).then(
    ([[code], stdout, stderr]): Finished => ({ code, stdout, stderr }),
  );
  return { process: child, finished };
}

/** Runs a command to its end. */
export async function runCommand(args: readonly string[], options: CommandOptions = {}): Promise<Finished> {
  return startCommand(args, options).finished;
}
