import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** A process of the tests, which sends and receives messages. */
export interface Child<Request, Answer> {
  readonly process: ChildProcess;
  send(request: Request): void;
  /** The next answer of a kind that no call of `next` has returned yet. */
  next(kind: string): Promise<Answer>;
  /** Kills the process as a power cut would, and waits for its end. */
  kill(): Promise<void>;
}

/** Starts a module of the tests in a process of its own. */
export function startChild<Request extends object, Answer extends { readonly kind: string }>(
  module: URL,
  argument: unknown,
  { printed = "inherit" }: { readonly printed?: "inherit" | "pipe" } = {},
): Child<Request, Answer> {
  const child = fork(module, [JSON.stringify(argument)], {
    execArgv: [
      ...process.execArgv,
      "--conditions=@avantlink-s2s/source",
      "--disable-warning=ExperimentalWarning",
    ],
    stdio: ["ignore", printed, printed, "ipc"],
  });
  // A test that breaks off leaves no process behind, not even a stopped process.
  const orphaned = () => void child.kill("SIGKILL");
  process.once("exit", orphaned);
  child.once("exit", () => process.off("exit", orphaned));
  const answers: Answer[] = [];
  const waiting = new Set<() => void>();
  child.on("message", (answer: Answer) => {
    answers.push(answer);
    for (const look of waiting) look();
  });
  return {
    process: child,
    send: (request) => void child.send(request),
    next(kind) {
      return new Promise((resolve, reject) => {
        const gone = (code: unknown, signal: unknown) =>
          reject(new Error(`The process ended (${code ?? signal}) before it sent "${kind}".`));
        const look = () => {
          const index = answers.findIndex((answer) => answer.kind === kind);
          const [answer] = index < 0 ? [] : answers.splice(index, 1);
          if (!answer) return;
          waiting.delete(look);
          child.off("exit", gone);
          resolve(answer);
        };
        child.once("exit", gone);
        waiting.add(look);
        look();
      });
    },
    async kill() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}
