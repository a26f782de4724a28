import { startProcess } from "../child-process.ts";
import type { Arrivals, Behavior, ReceiverMethods } from "./receiver-process.ts";

export type { Behavior };

/** The server that every contender sends to. */
export interface Receiver {
  readonly url: string;
  behave(behavior: Behavior): Promise<void>;
  arrivals(): Promise<Arrivals>;
  forget(): Promise<void>;
  end(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const remote = await startProcess<ReceiverMethods>(new URL("./receiver-process.ts", import.meta.url));
  const port = await remote.call("port");
  return {
    url: `http://127.0.0.1:${port}`,
    behave: (behavior) => remote.call("behave", behavior),
    arrivals: () => remote.call("arrivals"),
    forget: () => remote.call("forget"),
    end: () => remote.end(),
  };
}
