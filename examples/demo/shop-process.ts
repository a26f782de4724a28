import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { Unexpected } from "./shopper.ts";

/** The command that starts a shop. */
export interface ShopCommand {
  /** Node's options, the file, its arguments. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A shop that runs as a process of its own. */
export interface ShopProcess {
  readonly url: string;
  /** Resolves when the process has ended for any reason. */
  readonly ended: Promise<void>;
  /** The last part of the output so far. */
  printed(): string;
  /** Sends a signal and does not wait. */
  signal(name: NodeJS.Signals): void;
  /** Sends SIGTERM and waits for the end. Returns the exit code or the name of the signal. */
  stop(): Promise<number | string | null>;
  [Symbol.asyncDispose](): Promise<void>;
}

const KEPT_OUTPUT = 20_000;
const STOP_WITHIN_MS = 30_000;

/** Starts a shop, and waits until it prints the address at which it is open. */
export async function startShop({ args, cwd, env }: ShopCommand): Promise<ShopProcess> {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let printed = "";
  const ended = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
    child.once("error", (error) => {
      printed += error.message;
      resolve();
    });
  });
  // The shop ends with this process, however it ends (a closed terminal, a closed output).
  const leave = () => void child.kill();
  process.once("exit", leave);
  void ended.then(() => process.off("exit", leave));
  const url = await new Promise<string>((resolve, reject) => {
    const read = (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-KEPT_OUTPUT);
      const address = /http:\/\/[\w.:[\]-]+/.exec(printed);
      if (address) resolve(address[0]);
    };
    child.stdout.on("data", read);
    // Warnings are for the person at the demo too.
    child.stderr.on("data", read).pipe(process.stderr);
    void ended.then(() => reject(new Unexpected(`The shop did not start. ${printed.trim()}`)));
  });
  return {
    url,
    ended,
    printed: () => printed,
    signal: (name) => void child.kill(name),
    stop: () => stop(child),
    async [Symbol.asyncDispose]() {
      await stop(child);
    },
  };
}

async function stop(child: ChildProcess): Promise<number | string | null> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = once(child, "exit");
    child.kill("SIGTERM");
    const deadline = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
    await exited;
    clearTimeout(deadline);
  }
  return child.exitCode ?? child.signalCode;
}

/** The wanted port if it is free, else any free port. */
export async function freePort(wanted: number): Promise<number> {
  for (const port of [wanted, 0]) {
    const server = createServer();
    const listening = new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false));
      server.listen(port, "127.0.0.1", () => resolve(true));
    });
    if (!(await listening)) continue;
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    if (typeof address === "object" && address !== null) return address.port;
  }
  throw new Unexpected("This machine has no free port.");
}
