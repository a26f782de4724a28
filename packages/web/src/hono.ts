import type { TrackerOptions } from "@avantlink-s2s/core";
import type { Context, Env, MiddlewareHandler } from "hono";
import { createTrackerOver, type Tracker } from "./create-tracker.ts";
import type { Host, HostedRequest } from "./host.ts";
import { watchClicks } from "./track-clicks.ts";
import { type ResolveFrom, watchOrders } from "./track-orders.ts";

export * from "@avantlink-s2s/core";
export type { Tracker };

/** Makes a tracker whose `trackOrder` and `contextOf` take Hono's context. See `createTracker` of the package's root. */
export function createTracker(options: TrackerOptions = {}): Tracker<Context> {
  return createTrackerOver(options, hosted);
}

/** Middleware that looks for affiliate landings: `app.use(trackClicks(tracker))`, before the shop's pages. */
export function trackClicks(tracker: Pick<Tracker<never>, "trackClick">): MiddlewareHandler {
  const watch = watchClicks<Context>(tracker, hosted);
  return async (c, next) => {
    const response = await watch(c, () => answerOf(c, next));
    if (response === c.res) return;
    // Hono puts the headers of the old response back over a new one's, unless there is no old one.
    c.res = undefined;
    c.res = response;
  };
}

/** Middleware for the confirmation route: `app.get("/thank-you", trackOrders<Shop>(tracker, (c) => c.get("order")), page)`. */
export function trackOrders<E extends Env = Env>(
  tracker: Pick<Tracker<never>, "trackClick">,
  resolveOrder: ResolveFrom<Context<E>>,
): MiddlewareHandler<E> {
  const watch = watchOrders<Context<E>>(tracker, hosted, resolveOrder);
  return async (c, next) => {
    await watch(c, () => answerOf(c, next));
  };
}

async function answerOf<E extends Env>(c: Context<E>, next: () => Promise<void>): Promise<Response> {
  await next();
  return c.res;
}

function hosted<E extends Env>(c: Context<E>): HostedRequest {
  return { request: c.req.raw, waitUntil: waitUntilOf(c), ipAddress: () => addressOf(c) };
}

function waitUntilOf<E extends Env>(c: Context<E>): Host["waitUntil"] {
  try {
    const { executionCtx } = c;
    return (work) => executionCtx.waitUntil(work);
  } catch {
    // Hono throws where the server has none.
    return undefined;
  }
}

/** The connection's address, where Node, Bun and Deno each put it for Hono. */
function addressOf({ env, req }: Pick<Context, "env" | "req">): string | undefined {
  const { incoming, server, requestIP, remoteAddr } = Object(env);
  if (incoming) return incoming.socket?.remoteAddress;
  if (server ?? requestIP) return (server ?? env).requestIP?.(req.raw)?.address;
  return remoteAddr?.hostname;
}
