import { chooseTransport } from "./delivery/undici-transport.ts";
import { readableEnvironment } from "./options/environment.ts";
import type { TrackerOptions } from "./options/options.ts";
import { trackerFactory } from "./tracker/create-tracker.ts";
import type { Tracker } from "./tracker/tracker.ts";

export * from "./public.ts";

/**
 * Makes a tracker. Checks its options and does nothing else: no file or connection is opened before its first use.
 * @throws AvantLinkError `config.invalid`, naming every fault at once
 */
export const createTracker: (options?: TrackerOptions) => Tracker = trackerFactory({
  openTransport: chooseTransport(),
  environment: () => readableEnvironment(process.env),
});
