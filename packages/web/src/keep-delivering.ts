import type { Receipt } from "@avantlink-s2s/core";
import { type Adapter, isUnderWay, within } from "@avantlink-s2s/core/adapter";
import { type Host, platformWaitUntil } from "./host.ts";

/** How long a response waits for the shop to find its order; the order is tracked all the same. */
export const MAX_RESOLVE_MS = 1_000;

// A server that is stopping waits for the promises that it was given, so each of them ends.
export const AFTER_RESPONSE_MS = 5_000;
const BEFORE_RESPONSE_MS = 3_000;
// A function is halted by its platform, and whatever it does not finish by then is lost.
const PLATFORM_ENDS_MS = 30_000;

/** Lets the delivery of an order go on after the response, where the platform would else halt the process. */
export function keepDelivering(
  adapter: Adapter,
  tracking: Promise<Receipt | undefined>,
  waitUntil: Host["waitUntil"],
): void {
  const delivery = tracking.then(async (receipt) => {
    if (receipt && isUnderWay(receipt)) await adapter.untilDelivered(receipt.orderNumber, AFTER_RESPONSE_MS);
  });
  // The shop's own search for its order has no end that is known here.
  const ends = within(delivery, isServerless() ? PLATFORM_ENDS_MS : AFTER_RESPONSE_MS, adapter.runtime);
  handOver(adapter, ends, waitUntil);
}

/** Gives work to the platform's `waitUntil`, which throws where the shop took it off its object. */
export function handOver(adapter: Adapter, work: Promise<unknown>, waitUntil: Host["waitUntil"]): void {
  try {
    waitUntil?.(work);
  } catch (cause) {
    adapter.hookThrew("waitUntil", cause);
  }
}

/**
 * How long a response waits for the delivery, in milliseconds: not at all, except for an order that is only in the
 * memory of a function which may never run again once it has answered.
 */
export function waitInline(adapter: Adapter, waitUntil?: Host["waitUntil"]): number {
  return !adapter.durable && !waitUntil && isServerless() ? BEFORE_RESPONSE_MS : 0;
}

function isServerless(): boolean {
  if (globalThis.navigator?.userAgent === "Cloudflare-Workers") return true;
  return (
    hasVariable("VERCEL") || hasVariable("AWS_LAMBDA_FUNCTION_NAME") || platformWaitUntil() !== undefined
  );
}

function hasVariable(name: string): boolean {
  try {
    return globalThis.process?.env?.[name] !== undefined;
  } catch {
    // Deno throws where it was not allowed to read the environment.
    return false;
  }
}
