import { setTimeout as pause } from "node:timers/promises";
import { createTracker, type OutboxTotals } from "@avantlink-s2s/core";
import { type OrderRecord, startSandbox } from "@avantlink-s2s/sandbox";
import { aContext, anOrder, MERCHANT_ID } from "../support/orders.ts";
import { type OutboxAddress, outboxAt } from "../support/outboxes.ts";

/** How a run goes. */
export interface OutageRun {
  readonly address: OutboxAddress;
  /** How long AvantLink is away. */
  readonly seconds: number;
  /** How many orders come meanwhile, spread evenly. */
  readonly orders: number;
}

/** What came of a run, as the sandbox has it. */
export interface OutageReport {
  /** Orders that were accepted and did not arrive. */
  readonly missing: readonly string[];
  /** Requests beyond one an order after the outage. */
  readonly repeats: number;
  /** Most requests within any second, during the outage and after it. */
  readonly fastest: number;
  /** What that may be: as many as may be under way, each taking its time, and those of the moment. */
  readonly bound: number;
  /** How many of those that had waited arrived before the order that came when AvantLink was back. */
  readonly overtook: number;
  /** Requests in vain. */
  readonly attempts: number;
  readonly totals: OutboxTotals;
}

export const CONCURRENCY = 10;
const ANSWER_MS = 100;

/** Takes orders while AvantLink is away, and one more when it is back; then judges by what arrived. */
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

/** Whether a run lost nothing, kept the bound, and let the fresh order pass. */
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
