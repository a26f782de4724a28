import { AvantLinkError, type TrackableOrder } from "@avantlink-s2s/core";
import { type Adapter, isConfirmation, type ReadRequest, within } from "@avantlink-s2s/core/adapter";
import type { Host } from "./host.ts";
import { keepDelivering, MAX_RESOLVE_MS } from "./keep-delivering.ts";
import { readCopy, unreadResponse } from "./unread-copy.ts";

/** How the order of a confirmed page is found and tracked. */
export interface ConfirmedOrder {
  readonly method: string | undefined;
  readonly resolveOrder: () => TrackableOrder | Promise<TrackableOrder>;
  /** What was read of the request, or why an order cannot be tracked with it. */
  readonly read: ReadRequest | AvantLinkError;
  readonly waitUntil: Host["waitUntil"];
  /** How long the page waits for AvantLink. See `waitInline`. */
  readonly waitForDeliveryMs: number;
}

/** A request to the confirmation page, and how the shop answers it. */
export interface Confirmation extends Omit<ConfirmedOrder, "resolveOrder"> {
  readonly respond: () => Response | Promise<Response>;
  /** Finds the order, given a copy of the response whose body is unread. */
  readonly resolveOrder: (response: Response) => TrackableOrder | Promise<TrackableOrder>;
}

/** Gives the shop's response. When it confirms an order, the order is tracked right before the response goes out. */
export async function confirmOrder(adapter: Adapter, confirmation: Confirmation): Promise<Response> {
  const { respond, resolveOrder, ...confirmed } = confirmation;
  const response = await answerOf(adapter, confirmed.method, respond);
  // What is no response is the framework's to complain about; it answers 500.
  const status = response?.headers ? response.status : 500;
  const resolve = () => readCopy(unreadResponse(response), resolveOrder);
  await trackConfirmed(adapter, status, { ...confirmed, resolveOrder: resolve });
  return response;
}

/** The shop's answer. A redirect or an error may be thrown instead; it goes on to the framework, but not in silence. */
export async function answerOf<Answer>(
  adapter: Adapter,
  method: string | undefined,
  respond: () => Answer | Promise<Answer>,
): Promise<Answer> {
  try {
    return await respond();
  } catch (thrown) {
    const status = statusOf(thrown);
    if (status !== undefined) adapter.notConfirmed(method, status);
    throw thrown;
  }
}

/** The status that frameworks make of what a handler threw; nothing for Next's own signals that have none. */
export function statusOf(thrown: unknown): number | undefined {
  const { status, digest } = Object(thrown);
  if (typeof status === "number") return status;
  if (typeof digest !== "string") return 500;
  const [, text] = /^NEXT_.*;(\d{3});?$/.exec(digest) ?? [];
  return text === undefined ? undefined : Number(text);
}

/**
 * Resolves and accepts the order of a page whose status confirms one; returns `undefined` for any other page. Waits one
 * second at most, while the work goes on; whatever fails, the page stays as it is.
 */
export function trackConfirmed(adapter: Adapter, status: number, confirmed: ConfirmedOrder) {
  const { method, resolveOrder, read, waitUntil, waitForDeliveryMs } = confirmed;
  if (!isConfirmation(method, status)) {
    adapter.notConfirmed(method, status);
    return undefined;
  }
  const tracking = adapter.resolveOrder(resolveOrder).then((resolved) => {
    if (resolved.status === "threw") return undefined;
    return read instanceof AvantLinkError
      ? adapter.rejectOrder(resolved.order, read)
      : adapter.trackOrder(resolved.order, read, { waitForDeliveryMs });
  });
  adapter.duringConfirmation(tracking);
  keepDelivering(adapter, tracking, waitUntil);
  return within(tracking, MAX_RESOLVE_MS + waitForDeliveryMs, adapter.runtime);
}
