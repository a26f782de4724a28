import { fetchTransport } from "./delivery/fetch-transport.ts";
import { readableEnvironment } from "./options/environment.ts";
import type { TrackerOptions } from "./options/options.ts";
import { trackerFactory } from "./tracker/create-tracker.ts";
import type { Tracker } from "./tracker/tracker.ts";

export * from "./public.ts";

/** As on Node.js, with the edge runtime's own fetch. */
export const createTracker: (options?: TrackerOptions) => Tracker = trackerFactory({
  openTransport: fetchTransport,
  isIsolate: true,
  // Not every platform sets NODE_ENV at run time; bundlers for the edge write it into the code.
  environment: () => readableEnvironment(globalThis.process?.env, { NODE_ENV: bundledFor() }),
});

function bundledFor(): string | undefined {
  try {
    return process.env.NODE_ENV;
  } catch {
    return undefined;
  }
}
