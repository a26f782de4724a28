import { AvantLinkError } from "../errors.ts";
import type { Issue } from "../findings.ts";
import type { Adapter } from "./track-requests.ts";
import type { Tracker } from "./tracker.ts";

// A registered symbol, so that copies of this module (ESM beside CommonJS, several bundles) understand each other.
const ADAPTER = Symbol.for("avantlink-s2s.adapter");
/** The adapter's side of a tracker. */
export function adapterOf(tracker: Pick<Tracker, "trackClick">): Adapter {
  const adapter: Adapter | undefined = Reflect.get(Object(tracker), ADAPTER);
  if (!adapter)
    throw new TypeError(
      "avantlink-s2s: expected a tracker made by createTracker(), as in trackClicks(tracker) and trackOrders(tracker, …)",
    );
  return adapter;
}

/** Gives a tracker its adapter's side. */
export function attachAdapter(tracker: Tracker, adapter: Adapter): void {
  Object.defineProperty(tracker, ADAPTER, { value: adapter });
}

/** The two verbs that each adapter has in its framework's own way. */
export type RequestVerbs<From> = Pick<Tracker<From>, "trackOrder" | "contextOf">;

/** Runs core's `createTracker`, and adds what only the adapter knows to be wrong with the options. */
export function withIssues(issues: readonly Issue[], create: () => Tracker): Tracker {
  try {
    const tracker = create();
    if (issues.length === 0) return tracker;
  } catch (cause) {
    if (issues.length === 0 || !(cause instanceof AvantLinkError)) throw cause;
    throw new AvantLinkError("config.invalid", { issues: [...cause.issues, ...issues] });
  }
  throw new AvantLinkError("config.invalid", { issues });
}

/**
 * A tracker with an adapter's own way of reading requests. `current` gives the tracker that does the work: a host that
 * evaluates the shop's module more than once may replace it.
 */
export function trackerWith<Verbs extends RequestVerbs<never>>(
  current: () => Tracker,
  verbs: Verbs,
): Omit<Tracker, keyof RequestVerbs<never>> & Verbs {
  const tracker = {
    ...verbs,
    trackClick: (...given: Parameters<Tracker["trackClick"]>) => current().trackClick(...given),
    start: () => current().start(),
    deliverDue: (...given: Parameters<Tracker["deliverDue"]>) => current().deliverDue(...given),
    forget: (...given: Parameters<Tracker["forget"]>) => current().forget(...given),
    flush: (...given: Parameters<Tracker["flush"]>) => current().flush(...given),
    close: (...given: Parameters<Tracker["close"]>) => current().close(...given),
    health: () => current().health(),
  };
  Object.defineProperty(tracker, ADAPTER, { get: () => adapterOf(current()) });
  return Object.freeze(tracker);
}
