import type { Receipt, TrackableOrder } from "@avantlink-s2s/core";
import { type Adapter, isConfirmation, within } from "@avantlink-s2s/core/adapter";
import type { Host } from "./host.ts";
import { keepDelivering, MAX_RESOLVE_MS } from "./keep-delivering.ts";
import { unreadResponse } from "./unread-copy.ts";

/** How the order of a confirmed page is found and tracked. */
export interface ConfirmedOrder {
  readonly resolveOrder: () => TrackableOrder | Promise<TrackableOrder>;
  readonly trackOrder: (
    order: TrackableOrder,
    options: { readonly waitForDeliveryMs: number },
  ) => Promise<Receipt>;
  readonly waitUntil: Host["waitUntil"];
  /** How long the page waits for AvantLink. See `waitInline`. */
  readonly waitForDeliveryMs: number;
}

/** A request that can confirm an order, and how the shop answers it. */
export interface Confirmation extends Omit<ConfirmedOrder, "resolveOrder"> {
  readonly method: string;
  readonly respond: () => Response | Promise<Response>;
  /** Finds the order, given a copy of the response whose body is unread. */
  readonly resolveOrder: (response: Response) => TrackableOrder | Promise<TrackableOrder>;
  /** Called when `resolveOrder` has ended or will not be called. */
  readonly done?: () => void;
}

/** Gives the shop's response. When it confirms an order, the order is tracked right before the response goes out. */
export async function confirmOrder(adapter: Adapter, confirmation: Confirmation): Promise<Response> {
  const { method, respond, resolveOrder, done } = confirmation;
  let isResolving = false;
  try {
    const response = await respond();
    // What is no response is the framework's to complain about.
    if (!response?.headers) return response;
    if (!isConfirmation(method, response.status)) {
      adapter.notConfirmed(response.status);
      return response;
    }
    const copy = unreadResponse(response);
    isResolving = true;
    await trackConfirmed(adapter, {
      ...confirmation,
      resolveOrder: async () => {
        try {
          return await resolveOrder(copy.message);
        } finally {
          copy.discard();
          done?.();
        }
      },
    });
    return response;
  } finally {
    if (!isResolving) done?.();
  }
}

/**
 * Resolves and accepts the order of a confirmed page. Waits one second at most, while the work goes on; whatever
 * fails, the page stays as it is.
 */
export async function trackConfirmed(adapter: Adapter, confirmed: ConfirmedOrder): Promise<void> {
  const { resolveOrder, trackOrder, waitUntil, waitForDeliveryMs } = confirmed;
  const tracking = adapter
    .resolveOrder(resolveOrder)
    .then((resolved) =>
      resolved.status === "threw" ? undefined : trackOrder(resolved.order, { waitForDeliveryMs }),
    );
  adapter.duringConfirmation(tracking);
  keepDelivering(adapter, tracking, waitUntil);
  await within(tracking, MAX_RESOLVE_MS + waitForDeliveryMs, adapter.runtime);
}
