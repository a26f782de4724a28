import { setTimeout as pause } from "node:timers/promises";
import { createTracker, type OutboxTotals } from "@avantlink-s2s/core";
import { type OrderRecord, startSandbox } from "@avantlink-s2s/sandbox";
import { aContext, anOrder, MERCHANT_ID } from "../support/orders.ts";
import { type OutboxAddress, outboxAt } from "../support/outboxes.ts";

/** The plan of a run. */
export interface OutageRun {
  readonly address: OutboxAddress;
  /** How long AvantLink is down. */
  readonly seconds: number;
  /** The number of orders during the outage, spread evenly. */
  readonly orders: number;
}

/** The result of a run, by the sandbox's log. */
export interface OutageReport {
  /** Orders that were accepted and did not arrive. */
  readonly missing: readonly string[];
  /** Requests after the outage beyond one per order. */
  readonly repeats: number;
  /** The most requests within any second, during and after the outage. */
  readonly fastest: number;
  /** The bound on `fastest`: the requests that may be under way, times the answers a second, and one round more. */
  readonly bound: number;
  /** The number of waiting orders that arrived before the order that was placed after the outage. */
  readonly overtook: number;
  /** Failed requests. */
  readonly attempts: number;
  readonly totals: OutboxTotals;
}

export const CONCURRENCY = 10;
const ANSWER_MS = 100;

/** Accepts orders while AvantLink is down, and one more afterwards. Judges by the requests that arrived. */
export async function outageRun({ address, seconds, orders }: OutageRun): Promise<OutageReport> {
  const sandbox = await startSandbox({ maxRecords: 1_000_000 });
  const outbox = await outboxAt(address);
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    outbox,
    onEvent() {},
    concurrency: CONCURRENCY,
    retry: { baseDelayMs: 100, maxDelayMs: 2_000 },
  });
  const accepted: string[] = [];
  const track = async (orderNumber: string) => {
    const { status } = await tracker.trackOrder(anOrder({ orderNumber }), aContext());
    if (status === "accepted") accepted.push(orderNumber);
  };
  sandbox.fail({ status: 503, delayMs: ANSWER_MS });
  await tracker.start();
  const tracking: Promise<void>[] = [];
  for (let number = 1; number <= orders; number += 1) {
    tracking.push(track(`${number}`));
    await pause((seconds * 1000) / orders);
  }
  await Promise.all(tracking);
  const attempts = sandbox.requests.length;
  sandbox.fail(null);
  sandbox.fail({ delayMs: ANSWER_MS });
  const before = sandbox.orders.length;
  await track("fresh");
  await sandbox.waitForOrders(orders + 1, { timeoutMs: 120_000 });
  const totals = await tracker.close({ timeoutMs: 10_000 });
  const numbers = sandbox.orders.map(numberOf);
  const arrived = new Set(numbers);
  const report = {
    missing: accepted.filter((number) => !arrived.has(number)),
    repeats: numbers.length - arrived.size,
    fastest: mostWithinASecond(sandbox.requests.map(({ receivedAt }) => Date.parse(receivedAt))),
    bound: CONCURRENCY * (1_000 / ANSWER_MS + 1),
    overtook: numbers.indexOf("fresh") - before,
    attempts,
    totals,
  };
  await sandbox.close();
  return report;
}

/** Whether a run lost no order, kept the bound, and let the new order pass. */
export function isClean({ missing, repeats, fastest, bound, overtook, totals }: OutageReport): boolean {
  const settled = totals.pending === 0 && totals.dead === 0;
  return settled && missing.length + repeats === 0 && fastest <= bound && overtook <= 5 * CONCURRENCY;
}

function numberOf({ body }: OrderRecord): string {
  return (body as { order: { order_number: string } }).order.order_number;
}

function mostWithinASecond(times: readonly number[]): number {
  let [most, first] = [0, 0];
  for (const [last, time] of times.entries()) {
    while ((times[first] ?? 0) <= time - 1_000) first += 1;
    most = Math.max(most, last - first + 1);
  }
  return most;
}
