import type { Receipt } from "@avantlink-s2s/core";
import { type Adapter, isUnderWay, within } from "@avantlink-s2s/core/adapter";

/** How long a response waits for the shop to find its order; the order is tracked all the same. */
export const MAX_RESOLVE_MS = 1_000;

// A stopping server waits for the promises that it was given, so they have a deadline.
const AFTER_RESPONSE_MS = 5_000;
const BEFORE_RESPONSE_MS = 3_000;
// The platform halts a function, and unfinished work is lost.
const PLATFORM_ENDS_MS = 30_000;

/** Lets a promise go on after the response. */
export type KeepAlive = (promise: Promise<unknown>) => void;

/** Lets the delivery of an order go on after the response, where the platform would else halt the process. */
export function keepDelivering(
  adapter: Adapter,
  tracking: Promise<Receipt | undefined>,
  keepAlive: KeepAlive | undefined,
): void {
  const delivery = tracking.then(async (receipt) => {
    if (receipt && isUnderWay(receipt)) await adapter.untilDelivered(receipt.orderNumber, AFTER_RESPONSE_MS);
  });
  // The shop's own search for its order has no end that is known here.
  keepAlive?.(within(delivery, isServerless() ? PLATFORM_ENDS_MS : AFTER_RESPONSE_MS, adapter.runtime));
}

/**
 * How long a response waits for the delivery, in milliseconds. Not at all, but for an order that is only in the
 * memory of a function which may never run again once it has answered.
 */
export function waitInline(adapter: Adapter): number {
  return !adapter.durable && isServerless() ? BEFORE_RESPONSE_MS : 0;
}

/** The platform's own way to run on after a response, where it has one. */
export function platformKeepAlive(): KeepAlive | undefined {
  const context: unknown = Reflect.get(globalThis, Symbol.for("@next/request-context"));
  const request = callGet(context);
  const waitUntil: unknown = Reflect.get(Object(request), "waitUntil");
  return typeof waitUntil === "function" ? (promise) => waitUntil.call(request, promise) : undefined;
}

function isServerless(): boolean {
  const env = globalThis.process?.env ?? {};
  if (env.VERCEL !== undefined || env.AWS_LAMBDA_FUNCTION_NAME !== undefined) return true;
  return platformKeepAlive() !== undefined;
}

function callGet(context: unknown): unknown {
  const get: unknown = Reflect.get(Object(context), "get");
  return typeof get === "function" ? get.call(context) : undefined;
}
