import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  createTracker,
  memoryOutbox,
  type Order,
  type Outbox,
  trackClicks,
  trackOrders,
} from "@avantlink-s2s/express";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { Analytics } from "@segment/analytics-node";
import type { Application, RequestHandler, Response } from "express";
import { PostHog } from "posthog-node";
import { Pool } from "undici";
import { contextOf, MERCHANT_ID, payloadByHand } from "../orders.ts";

/** Who tracks the order of a thank-you page. */
export const CONTENDERS = [
  "no tracking",
  "memory outbox",
  "SQLite outbox",
  "await fetch",
  "un-awaited fetch",
  "undici pool",
  "segment",
  "posthog",
] as const;
export type Contender = (typeof CONTENDERS)[number];

/** What a contender took on itself; a peer says nothing of the kind, so for it every page counts. */
export interface Accepted {
  readonly accepted: number;
  /** Told the shop that it could not take them. */
  readonly refused: number;
  /** Still to be sent. */
  readonly pending: number;
}

/** A shop's tracking. */
export interface Tracking {
  /** Put before everything else. */
  install?(app: Application, path: string): void;
  /** Put where the page knows its order and has not answered yet. */
  readonly handler?: RequestHandler;
  /** What it says of itself. */
  accepted?(): Promise<Accepted>;
  /** Sends what it still has, for at most so long. */
  finish(timeoutMs: number): Promise<void>;
}

/** What a contender works with. */
export interface TrackingParts {
  readonly receiver: string;
  readonly orderShown: (response: Response) => Order;
  /** The SQLite outbox's file, if it is to be one that is there. */
  readonly file?: string | undefined;
}

/** Sets up a contender with nothing but its defaults, sending to the receiver. */
export function trackingOf(contender: Contender, parts: TrackingParts): Tracking {
  const { receiver } = parts;
  switch (contender) {
    case "no tracking":
      return { async finish() {} };
    case "memory outbox":
      return ours(parts, memoryOutbox());
    case "SQLite outbox":
      return ours(parts, sqliteOutbox({ path: parts.file ?? join(aFolder(), "orders.sqlite") }));
    case "await fetch":
      return inFlight((count) => async (_, response, next) => {
        const { url, ...init } = articlesRequest(parts, response);
        await count(fetch(url, init).then((answer) => answer.json()));
        next();
      });
    case "un-awaited fetch":
      return inFlight((count) => (_, response, next) => {
        const { url, ...init } = articlesRequest(parts, response);
        void count(fetch(url, init).then((answer) => answer.json()));
        next();
      });
    case "undici pool": {
      const pool = new Pool(receiver, { connections: 10 });
      return inFlight((count) => (_, response, next) => {
        const { method, headers, body } = articlesRequest(parts, response);
        void count(
          pool.request({ path: "/order", method, headers, body }).then((answer) => answer.body.dump()),
        );
        next();
      });
    }
    case "segment": {
      const analytics = new Analytics({ writeKey: "bench", host: receiver });
      analytics.on("error", () => {});
      let flushing: Promise<void> | undefined;
      return {
        handler(_, response, next) {
          const { order, ...properties } = payloadOf(parts, response);
          const anonymousId = properties.tracking_ids.visitor_id[0] ?? "";
          analytics.track({ anonymousId, event: "Order Completed", properties: { ...properties, ...order } });
          next();
        },
        // It takes one flush at a time.
        async finish(timeout) {
          flushing ??= analytics.flush({ timeout }).finally(() => {
            flushing = undefined;
          });
          await within(flushing, timeout);
        },
      };
    }
    case "posthog": {
      const client = new PostHog("bench", { host: receiver, disableGeoip: true });
      client.on("error", () => {});
      return {
        handler(_, response, next) {
          const { order, ...properties } = payloadOf(parts, response);
          const distinctId = properties.tracking_ids.visitor_id[0] ?? "";
          client.capture({ distinctId, event: "order completed", properties: { ...properties, ...order } });
          next();
        },
        finish: (ms) => within(client.flush(), ms),
      };
    }
  }
}

function ours({ receiver: endpoint, orderShown }: TrackingParts, outbox: Outbox): Tracking {
  const counts = { accepted: 0, refused: 0 };
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint,
    outbox,
    onEvent(event) {
      if (event.type === "accepted") counts.accepted += 1;
      else if (event.type === "rejected") counts.refused += 1;
    },
  });
  return {
    install(app, path) {
      app.use(trackClicks(tracker));
      app.use(
        path,
        trackOrders(tracker, (_, response) => orderShown(response)),
      );
    },
    async accepted() {
      const { totals } = await tracker.health();
      return { ...counts, pending: totals?.pending ?? 0 };
    },
    finish: async (timeoutMs) => void (await tracker.flush({ timeoutMs })),
  };
}

/** Requests that nobody keeps account of but this bench. */
function inFlight(
  handlerWith: (count: (request: Promise<unknown>) => Promise<void>) => RequestHandler,
): Tracking {
  const underWay = new Set<Promise<void>>();
  const handler = handlerWith((request) => {
    const done = () => void underWay.delete(settled);
    const settled: Promise<void> = request.then(done, done);
    underWay.add(settled);
    return settled;
  });
  return { handler, finish: (ms) => within(Promise.all(underWay), ms) };
}

let numbered = 0;

function payloadOf({ orderShown }: TrackingParts, response: Response) {
  numbered += 1;
  return payloadByHand(orderShown(response), contextOf(numbered));
}

/** The call that AvantLink's article shows. */
function articlesRequest(parts: TrackingParts, response: Response) {
  return {
    url: `${parts.receiver}/merchants/${MERCHANT_ID}/tracking/order`,
    method: "POST" as const,
    headers: { "content-type": "application/json", accept: "application/json" },
    body: JSON.stringify(payloadOf(parts, response)),
  };
}

function aFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "avantlink-bench-"));
  process.once("SIGTERM", () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit();
  });
  return folder;
}

async function within(work: Promise<unknown>, ms: number): Promise<void> {
  await Promise.race([work.catch(() => {}), new Promise((resolve) => setTimeout(resolve, ms))]);
}
