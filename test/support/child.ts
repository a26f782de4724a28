import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

/** A process of our own making, talked to by messages. */
export interface Child<Request, Answer> {
  readonly process: ChildProcess;
  tell(request: Request): void;
  /** The next answer of a kind that has not been taken yet. */
  next(told: string): Promise<Answer>;
  /** Ends it as a power cut would, and waits until it is gone. */
  kill(): Promise<void>;
}

/** Starts a module of the tests in a process of its own. */
export function startChild<Request extends object, Answer extends { readonly told: string }>(
  module: URL,
  argument: unknown,
): Child<Request, Answer> {
  const child = fork(module, [JSON.stringify(argument)], {
    execArgv: [
      ...process.execArgv,
      "--conditions=@avantlink-s2s/source",
      "--disable-warning=ExperimentalWarning",
    ],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  // A test that breaks off leaves no process behind, not even one that stands still.
  const orphaned = () => void child.kill("SIGKILL");
  process.once("exit", orphaned);
  child.once("exit", () => process.off("exit", orphaned));
  const answers: Answer[] = [];
  const looks = new Set<() => void>();
  child.on("message", (answer: Answer) => {
    answers.push(answer);
    for (const look of looks) look();
  });
  return {
    process: child,
    tell: (request) => void child.send(request),
    next(told) {
      return new Promise((resolve, reject) => {
        const gone = (code: unknown, signal: unknown) =>
          reject(new Error(`The process ended (${code ?? signal}) and never told "${told}".`));
        const look = () => {
          const index = answers.findIndex((answer) => answer.told === told);
          const [answer] = index < 0 ? [] : answers.splice(index, 1);
          if (!answer) return;
          looks.delete(look);
          child.off("exit", gone);
          resolve(answer);
        };
        child.once("exit", gone);
        looks.add(look);
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
