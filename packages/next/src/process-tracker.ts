import {
  AvantLinkError,
  createTracker as createCoreTracker,
  memoryOutbox,
  type Outbox,
  type Tracker,
  type TrackerOptions,
} from "@avantlink-s2s/core";
import { adapterOf, type RequestVerbs, trackerWith } from "@avantlink-s2s/core/adapter";

interface Slot {
  tracker: Tracker;
  outbox: Outbox;
  /** Where orders wait when the shop names no outbox; it outlives a tracker that is replaced. */
  readonly memory: Outbox;
  /** What the shop holds, by the router that it was made for. */
  readonly handles: Map<Router, object>;
  readonly options: TrackerOptions;
}

/** Each router reads requests in its own way. */
export type Router = "app" | "pages";

const SLOTS = Symbol.for("avantlink-s2s.next.trackers");
const shared = globalThis as { [SLOTS]?: Map<string, Slot> };

/**
 * Next bundles the shop's module into pages, route handlers and more, and evaluates it several times in one process; for
 * one merchant and endpoint all of these hold one and the same tracker, the first. In development the newest takes its
 * place, so that an edit takes effect. A second call with other options has no effect and is reported.
 */
export function createSharedTracker<Verbs extends RequestVerbs<never>>(
  options: TrackerOptions,
  router: Router,
  verbsOf: (current: () => Tracker) => Verbs,
): Omit<Tracker, keyof RequestVerbs<never>> & Verbs {
  const slot = slotFor(options);
  const current = () => slot.tracker;
  const known = slot.handles.get(router);
  if (known) return known as ReturnType<typeof createSharedTracker<Verbs>>;
  const handle = trackerWith(current, verbsOf(current));
  slot.handles.set(router, handle);
  return handle;
}

function slotFor(options: TrackerOptions): Slot {
  const memory = memoryOutbox();
  const outbox = options.outbox ?? memory;
  const tracker = createCoreTracker({ ...options, outbox });
  shared[SLOTS] ??= new Map();
  const slots = shared[SLOTS];
  const { identity } = adapterOf(tracker);
  const slot = slots.get(identity);
  if (!slot) {
    const fresh: Slot = { tracker, outbox, memory, handles: new Map(), options };
    slots.set(identity, fresh);
    return fresh;
  }
  if (process.env.NODE_ENV !== "production" || adapterOf(slot.tracker).closed) replace(slot, options);
  else warnOfOthers(slot, options);
  return slot;
}

/** The same module evaluated again gives the same options; two modules that give different ones are a trap. */
function warnOfOthers({ tracker, options: first }: Slot, second: TrackerOptions): void {
  const names = [...new Set([...Object.keys(first), ...Object.keys(second)])] as (keyof TrackerOptions)[];
  const others = names
    .filter((name) => name !== "merchantId" && name !== "endpoint")
    .filter((name) => outline(first, name) !== outline(second, name));
  if (others.length === 0) return;
  const detail = `The first call had other options: ${others.join(", ")}.`;
  const error = new AvantLinkError("tracker.made-twice", { detail });
  adapterOf(tracker).report({ type: "problem", error });
}

/** What can be compared of an option: its functions are new ones each time. */
function outline(options: TrackerOptions, name: keyof TrackerOptions): string | undefined {
  const value = name === "outbox" ? options.outbox?.name : options[name];
  return JSON.stringify(value, (_, part: unknown) => (typeof part === "function" ? "function" : part));
}

function replace(slot: Slot, options: TrackerOptions): void {
  const previous = { tracker: slot.tracker, outbox: slot.outbox };
  slot.outbox = options.outbox ?? slot.memory;
  slot.tracker = createCoreTracker({ ...options, outbox: slot.outbox });
  // One outbox in both hands must stay open.
  if (previous.outbox !== slot.outbox || previous.outbox === slot.memory) void previous.tracker.close();
}
