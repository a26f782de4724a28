import {
  createTracker,
  memoryOutbox,
  type Order,
  type Outbox,
  trackClicks,
  trackOrders,
} from "@avantlink-s2s/express";
import type { Application, Request, RequestHandler, Response } from "express";
import { orderForAvantLink } from "../examples/express-storefront/order-for-avantlink.ts";
import { type OutboxAddress, outboxAt } from "../test/support/outboxes.ts";
import { contextOf, MERCHANT_ID, orderKeyOf, orderNumber, orderOf, payloadByHand } from "./orders.ts";
import { THANK_YOU } from "./shop-pages.ts";

/** What tracks the orders of a shop; `after the end` and `awaited` call `trackOrder` by hand. */
export type TrackerKind =
  | "no tracking"
  | "ours"
  | "ours, after the end"
  | "ours, awaited"
  | "un-awaited fetch"
  | "Segment"
  | "PostHog";

/** How a shop tracks. */
export interface TrackerSettings {
  readonly kind: TrackerKind;
  readonly receiver: string;
  /** Of our own trackers. @default the memory outbox */
  readonly outbox?: OutboxAddress | undefined;
  readonly deliver?: boolean | undefined;
  readonly concurrency?: number | undefined;
}

/** The state of an order by its number: `unknown` where the outbox never accepted it. */
export type OrderState = "pending" | "delivered" | "dead" | "unknown";

/** A shop's tracking. */
export interface Tracking {
  /** Adds what stands before the pages. */
  install?(app: Application): void;
  /** Handlers of the thank-you page, where it knows its order and has not answered yet. */
  readonly handlers: readonly RequestHandler[];
  /** Delivers what waits, for at most so long. */
  finish(timeoutMs: number): Promise<void>;
  /** Our own trackers only. */
  readonly own?: OwnTracking;
}

/** Questions to our own trackers. */
export interface OwnTracking {
  totals(): ReturnType<Outbox["totals"]>;
  states(numbers: readonly number[]): Promise<readonly OrderState[]>;
  /** The orders whose acceptance was reported since the last call. */
  accepted(): readonly number[];
}

/** Sets up a tracker with its defaults. */
export async function trackingOf(settings: TrackerSettings): Promise<Tracking> {
  const { kind, receiver } = settings;
  if (kind === "no tracking") return { handlers: [], async finish() {} };
  if (kind === "un-awaited fetch") return unawaitedFetch(receiver);
  if (kind === "Segment") {
    const { Analytics } = await import("@segment/analytics-node");
    const analytics = new Analytics({ writeKey: "bench", host: receiver });
    analytics.on("error", () => {});
    return peer(
      (anonymousId, properties) => analytics.track({ anonymousId, event: "Order Completed", properties }),
      (timeout) => analytics.flush({ timeout }),
    );
  }
  if (kind === "PostHog") {
    const { PostHog } = await import("posthog-node");
    const client = new PostHog("bench", { host: receiver, disableGeoip: true });
    client.on("error", () => {});
    return peer(
      (distinctId, properties) => client.capture({ distinctId, event: "order completed", properties }),
      () => client.flush(),
    );
  }
  return ours(settings);
}

async function ours({
  kind,
  receiver,
  outbox: address,
  deliver,
  concurrency,
}: TrackerSettings): Promise<Tracking> {
  const outbox = address ? await outboxAt(address) : memoryOutbox();
  let accepted: number[] = [];
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: receiver,
    outbox,
    ...(deliver !== undefined && { deliver }),
    ...(concurrency !== undefined && { concurrency }),
    onEvent(event) {
      if (event.type === "accepted" && event.kind === "order") accepted.push(numberIn(event.orderNumber));
    },
  });
  const order = (request: Request, response: Response) => orderForAvantLink(request, response);

  const afterTheEnd: RequestHandler = (request, response, next) => {
    response.once("finish", () => void tracker.trackOrder(order(request, response), request));
    next();
  };
  const awaited: RequestHandler = async (request, response, next) => {
    await tracker.trackOrder(order(request, response), request);
    next();
  };
  await tracker.start();
  return {
    install(app) {
      app.use(trackClicks(tracker));
      if (kind === "ours") app.use(THANK_YOU, trackOrders(tracker, order));
      app.post("/webhook/:number", async (request, response) => {
        const number = numberIn(request.params.number);
        const { shouldRetry } = await tracker.trackOrder(orderOf(number), contextOf(number));
        response.sendStatus(shouldRetry ? 503 : 200);
      });
    },
    handlers: kind === "ours, after the end" ? [afterTheEnd] : kind === "ours, awaited" ? [awaited] : [],
    finish: async (timeoutMs) => void (await tracker.flush({ timeoutMs })),
    own: {
      totals: () => outbox.totals(),
      states: (numbers) =>
        Promise.all(
          numbers.map(async (number) => {
            const record = await outbox.find(orderKeyOf(number));
            return record?.status === "removed" ? "dead" : (record?.status ?? "unknown");
          }),
        ),
      accepted() {
        const reported = accepted;
        accepted = [];
        return reported;
      },
    },
  };
}

/** The call that AvantLink's article shows, not awaited. */
function unawaitedFetch(receiver: string): Tracking {
  const underWay = new Set<Promise<void>>();
  const send = async (number: number, order: Order) => {
    const answer = await fetch(`${receiver}/merchants/${MERCHANT_ID}/tracking/order`, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      body: JSON.stringify(payloadByHand(order, contextOf(number))),
    });
    await answer.json();
  };
  const handler: RequestHandler = (request, response, next) => {
    const sent: Promise<void> = send(numberOf(request), orderShown(request, response))
      .catch(() => {})
      .finally(() => underWay.delete(sent));
    underWay.add(sent);
    next();
  };
  return { handlers: [handler], finish: (ms) => within(Promise.all(underWay), ms) };
}

type Properties = Record<string, unknown>;

/** An analytics client, which gets the same properties in an event of its own. */
function peer(
  capture: (visitorId: string, properties: Properties) => void,
  flush: (timeoutMs: number) => Promise<unknown>,
): Tracking {
  const handler: RequestHandler = (request, response, next) => {
    const { order, ...properties } = payloadByHand(
      orderShown(request, response),
      contextOf(numberOf(request)),
    );
    capture(properties.tracking_ids.visitor_id[0] ?? "", { ...properties, ...order });
    next();
  };
  return { handlers: [handler], finish: (ms) => within(flush(ms), ms) };
}

function orderShown(request: Request, response: Response): Order {
  const order = orderForAvantLink(request, response);
  if (!order) throw new Error("The page showed no order.");
  return order;
}

const numberOf = (request: Request): number => numberIn(String(request.params.number));

/** The digits of an order number of the bench. */
function numberIn(text: string): number {
  return Number(text.slice(orderNumber("").length));
}

async function within(work: Promise<unknown>, ms: number): Promise<void> {
  await Promise.race([work.catch(() => {}), new Promise((resolve) => setTimeout(resolve, ms))]);
}
