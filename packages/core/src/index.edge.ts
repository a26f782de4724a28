import { fetchTransport } from "./delivery.edge.ts";
import type { TrackerOptions } from "./options.ts";
import { trackerFactory } from "./tracker.ts";
import type { Tracker } from "./tracker-types.ts";

export * from "./public.ts";

/** As on Node, with the edge runtime's own fetch. */
export const createTracker: (options?: TrackerOptions) => Tracker = trackerFactory(
  fetchTransport,
  () => globalThis.process?.env ?? {},
);
