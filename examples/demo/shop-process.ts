import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { Unexpected } from "./shopper.ts";

/** How a shop is started as a process of its own. */
export interface ShopCommand {
  /** What Node is given: options, file, arguments. */
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** A shop that runs as a process of its own. */
export interface ShopProcess {
  readonly url: string;
  /** Resolves when the process has ended, however it came to that. */
  readonly ended: Promise<void>;
  /** The end of what it has printed so far. */
  printed(): string;
  /** Sends it a signal, and waits for nothing. */
  signal(name: NodeJS.Signals): void;
  /** Asks it to finish, and waits until it has. Answers with what it ended by: `0`, or a signal's name. */
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
  // However this process ends (its terminal closed, its output cut off), the shop does not outlive it.
  const leave = () => void child.kill();
  process.once("exit", leave);
  void ended.then(() => process.off("exit", leave));
  const url = await new Promise<string>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      printed = (printed + chunk.toString()).slice(-KEPT_OUTPUT);
      const address = /http:\/\/[\w.:[\]-]+/.exec(printed);
      if (address) resolve(address[0]);
    };
    child.stdout.on("data", hear);
    // Warnings are for the person at the demo too.
    child.stderr.on("data", hear).pipe(process.stderr);
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
    const patience = setTimeout(() => child.kill("SIGKILL"), STOP_WITHIN_MS);
    await exited;
    clearTimeout(patience);
  }
  return child.exitCode ?? child.signalCode;
}

/** The port, when it is free; else any that is. */
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
