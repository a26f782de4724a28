import { startProcess } from "./frame/remote.ts";
import type { Arrivals, Behavior, ReceiverMethods } from "./processes/receiver-process.ts";

export type { Behavior };

/** The server that stands in for AvantLink. */
export interface Receiver {
  readonly url: string;
  behave(behavior: Behavior): Promise<void>;
  arrivals(): Promise<Arrivals>;
  /** The order numbers from 0 to below `below` that were never answered with success. */
  missing(below: number): Promise<readonly number[]>;
  forget(): Promise<void>;
  end(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const remote = await startProcess<ReceiverMethods>(
    new URL("./processes/receiver-process.ts", import.meta.url),
  );
  const port = await remote.call("port");
  return {
    url: `http://127.0.0.1:${port}`,
    behave: (behavior) => remote.call("behave", behavior),
    arrivals: () => remote.call("arrivals"),
    missing: (below) => remote.call("missing", below),
    forget: () => remote.call("forget"),
    end: () => remote.end(),
  };
}
