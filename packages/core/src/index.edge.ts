import type { Environment } from "./config.ts";
import { fetchTransport } from "./delivery.edge.ts";
import type { TrackerOptions } from "./options.ts";
import { sha256Hex } from "./private-data.ts";
import { trackerFactory } from "./tracker.ts";
import type { Tracker } from "./tracker-types.ts";

export * from "./public.ts";

/** As on Node, with the edge runtime's own fetch. */
export const createTracker: (options?: TrackerOptions) => Tracker = trackerFactory({
  openTransport: fetchTransport,
  environment,
  // The runtime's own gives its answer later, by a promise.
  sha256: sha256Hex,
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
