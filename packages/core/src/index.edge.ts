import { fetchTransport } from "./delivery/fetch-transport.ts";
import type { Environment } from "./options/mode.ts";
import type { TrackerOptions } from "./options/options.ts";
import { trackerFactory } from "./tracker/create-tracker.ts";
import type { Tracker } from "./tracker/tracker.ts";

export * from "./public.ts";

/** As on Node, with the edge runtime's own fetch. */
export const createTracker: (options?: TrackerOptions) => Tracker = trackerFactory({
  openTransport: fetchTransport,
  environment,
});

/** Not every platform tells NODE_ENV at run time; bundlers for the edge write it into the code. */
function environment(): Environment {
  const told: Environment = globalThis.process?.env ?? {};
  return told.NODE_ENV === undefined ? { ...told, NODE_ENV: bundledFor() } : told;
}

function bundledFor(): string | undefined {
  try {
    return process.env.NODE_ENV;
  } catch {
    return undefined;
  }
}
