import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";

type Methods = Record<string, (argument: never) => unknown>;

interface Call {
  readonly id: number;
  readonly method: string;
  readonly argument: unknown;
}
interface Reply {
  readonly id: number;
  readonly value?: unknown;
  readonly failed?: string;
}

/** A process of its own whose methods can be called. */
export interface Remote<Of extends Methods> {
  readonly process: ChildProcess;
  call<Name extends keyof Of & string>(
    method: Name,
    ...argument: Parameters<Of[Name]>
  ): Promise<Awaited<ReturnType<Of[Name]>>>;
  end(): Promise<void>;
}

/** Starts a module that calls {@link serve}, in a process of its own, so that nobody shares its event loop. */
export async function startProcess<Of extends Methods>(
  module: URL,
  options: { readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Remote<Of>> {
  const child = fork(module, {
    execArgv: ["--disable-warning=ExperimentalWarning"],
    env: { ...process.env, NODE_ENV: "production", ...options.env },
    stdio: ["ignore", "ignore", "inherit", "ipc"],
    serialization: "advanced",
  });
  const orphaned = () => void child.kill("SIGKILL");
  process.once("exit", orphaned);
  const pending = new Map<number, PromiseWithResolvers<unknown>>();
  let calls = 0;
  child.on("message", ({ id, value, failed }: Reply) => {
    const call = pending.get(id);
    pending.delete(id);
    if (failed === undefined) call?.resolve(value);
    else call?.reject(new Error(failed));
  });
  child.once("exit", (code, signal) => {
    process.off("exit", orphaned);
    for (const call of pending.values())
      call.reject(new Error(`${module.pathname} ended (${code ?? signal})`));
  });
  return {
    process: child,
    call(method, ...[argument]) {
      const call = Promise.withResolvers<unknown>();
      calls += 1;
      pending.set(calls, call);
      // A call to a process that has ended fails; without this function it would end the bench.
      child.send({ id: calls, method, argument } satisfies Call, (error) => error && call.reject(error));
      return call.promise as never;
    },
    async end() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
    },
  };
}

/** Answers the calls of the process that started this one. */
export function serve(methods: Methods): void {
  process.on("disconnect", () => process.exit());
  process.on("message", async ({ id, method, argument }: Call) => {
    let reply: Reply;
    try {
      reply = { id, value: await methods[method]?.(argument as never) };
    } catch (cause) {
      reply = { id, failed: cause instanceof Error ? (cause.stack ?? cause.message) : String(cause) };
    }
    process.send?.(reply);
  });
}
