import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { BuiltProject } from "./project.ts";

/** A project, served as in production. */
export interface NextServer {
  readonly url: string;
  readonly process: ChildProcess;
  /** The output so far. */
  readonly output: () => string;
  /** Resolves when the server has ended for any reason. */
  readonly exited: Promise<unknown>;
  /** Stops the server, and resolves when it has ended. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Runs `next start`, or `next dev` where the environment says so, on a free port of loopback. Every line that it
 * prints is handed to `onLine`.
 */
export async function startNext(
  { dir, nextBin }: BuiltProject,
  environment: Readonly<Record<string, string>> = {},
  onLine: (line: string) => void = () => {},
): Promise<NextServer> {
  const command = environment.NODE_ENV === "development" ? "dev" : "start";
  return serve([nextBin, command, "-H", "127.0.0.1", "-p", "0"], dir, environment, onLine);
}

/** Runs Node.js with these arguments, and waits until Next says that it is ready. */
export async function serve(
  args: readonly string[],
  cwd: string,
  environment: Readonly<Record<string, string>> = {},
  onLine: (line: string) => void = () => {},
): Promise<NextServer> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH, HOME, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  // Not "exit", which may come before the last output.
  const exited = once(child, "close");
  let output = "";
  const url = new Promise<string>((resolve, reject) => {
    let address = "";
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        output += `${line}\n`;
        address ||= /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0] ?? "";
        if (/Ready in/.test(line)) resolve(address);
        onLine(line);
      });
    }
    child.once("close", (code) => reject(new Error(`Next ended with ${code}:\n${output}`)));
  });
  const close = async () => {
    child.kill("SIGTERM");
    await exited;
  };
  return {
    url: await url,
    process: child,
    exited,
    output: () => output,
    close,
    [Symbol.asyncDispose]: close,
  };
}
