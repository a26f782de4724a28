import type { IncomingMessage } from "node:http";
import {
  type Tracker as CoreTracker,
  type TrackerOptions as CoreTrackerOptions,
  createTracker as createCoreTracker,
  type TrackingContext,
} from "@avantlink-s2s/core";
import { adapterOf, type RequestVerbs, trackerWith, withIssues } from "@avantlink-s2s/core/adapter";
import { rawRequest } from "./raw-request.ts";

/** The options of `createTracker`. Express has its own `trust proxy` in place of `trustedProxies`. */
export type TrackerOptions = Omit<CoreTrackerOptions, "trustedProxies">;

/**
 * Tracks orders and clicks of an Express app. `trackOrder` and `contextOf` take the shopper's request or a context. Any
 * Node request will do, so that a framework that mounts Express middleware can pass its own.
 */
export type Tracker = CoreTracker<IncomingMessage>;

/**
 * Makes a tracker. Checks its options and does nothing else: no file or connection is opened before its first use.
 * @throws AvantLinkError `config.invalid`, naming every fault at once
 */
export function createTracker(options: TrackerOptions = {}): Tracker {
  const proxies: unknown = Reflect.get(Object(options), "trustedProxies");
  const message =
    'is not an option on Express; write app.set("trust proxy", 1) instead, with the number of proxies in front of the shop';
  const issues = proxies === undefined ? [] : [{ path: "trustedProxies", message }];
  const tracker = withIssues(issues, () => createCoreTracker(options));
  const adapter = adapterOf(tracker);

  const verbs: RequestVerbs<IncomingMessage> = {
    trackOrder: (order, from, asked) =>
      isRequest(from)
        ? adapter.trackOrder(order, () => rawRequest(from), asked)
        : tracker.trackOrder(order, from, asked),
    contextOf: async (from) =>
      isRequest(from) ? adapter.readRequest(() => rawRequest(from)).context : tracker.contextOf(from),
  };
  return trackerWith(() => tracker, verbs);
}

function isRequest(from: IncomingMessage | TrackingContext | undefined): from is IncomingMessage {
  return typeof from === "object" && from !== null && "headers" in from;
}
