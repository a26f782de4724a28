import { startProcess } from "../child-process.ts";
import type { ReceiverMethods } from "./receiver-process.ts";

/** How it treats what it gets; `refuses` is a port on which nobody listens. */
export type Behaviour = { readonly answersAfterMs: number } | "hangs" | "refuses";

/** What it got since it was told to forget, by the order numbers within. */
export interface Arrivals {
  readonly requests: number;
  /** Different ones. */
  readonly orders: number;
  readonly repeated: number;
}

/** Where every contender sends to. */
export interface Receiver {
  readonly url: string;
  behave(behaviour: Behaviour): Promise<void>;
  arrivals(): Promise<Arrivals>;
  forget(): Promise<void>;
  end(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const remote = await startProcess<ReceiverMethods>(new URL("./receiver-process.ts", import.meta.url));
  const port = await remote.call("port");
  return {
    url: `http://127.0.0.1:${port}`,
    behave: (behaviour) => remote.call("behave", behaviour),
    arrivals: () => remote.call("arrivals"),
    forget: () => remote.call("forget"),
    end: () => remote.end(),
  };
}
