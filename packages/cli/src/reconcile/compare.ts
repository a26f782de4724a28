import type { OrderSummary, Outbox, OutboxRecord } from "@avantlink-s2s/core";
import { batches } from "../backfill/batches.ts";
import type { FileCheck } from "../backfill/check.ts";
import type { Amount, FileEntry } from "../backfill/file-entry.ts";
import type { OrderFile } from "../backfill/order-file.ts";
import type { Days } from "../options/days.ts";
import { iso } from "../outbox/record-view.ts";

// Orders that the outbox is asked for at a time.
const AT_ONCE = 50;

/** What the file and the outbox say differently. */
export const DIFFERENCES = {
  missing: "missing: in the file, and never accepted by this outbox",
  "other-amount": "delivered with another amount",
  waiting: "still waiting",
  dead: "dead letters: see outbox list --dead",
  removed: "removed or forgotten: never sent",
  returned: "delivered, and refunded or canceled since: see returns",
  extra: "extra: delivered, and not in the file or not to be sent by it; or retried on that day",
  "extra-early": "extra, early on the day: perhaps orders of the day before",
} as const;

type DifferenceKind = keyof typeof DIFFERENCES;
export const KINDS = Object.keys(DIFFERENCES) as readonly DifferenceKind[];

/** One order about which the file and the outbox differ. */
export interface Difference {
  readonly kind: DifferenceKind;
  /** Unknown for an order that is delivered and not in the file: the outbox keeps only its key. */
  readonly orderNumber?: string;
  readonly key: string;
  /** The order's line in the file. */
  readonly line?: number;
  readonly inFile?: Amount | "unpaid" | "denied";
  readonly delivered?: OrderSummary | undefined;
  /** ISO 8601. */
  readonly acceptedAt?: string;
  readonly deliveredAt?: string;
}

/** A checked file of orders, and the outbox that should have delivered them. */
export interface ReconcileOptions {
  readonly file: OrderFile;
  readonly check: FileCheck;
  readonly outbox: Outbox;
  readonly keyOf: (orderNumber: string) => string;
  /** When the orders of the file were placed. Without it, extra orders are not looked for. */
  readonly days: Days | undefined;
  /** What the shop's tracker does with orders of shoppers who denied. */
  readonly whenDenied: "skip" | "anonymous";
  /** How long after the beginning of the days an extra order may be one of the day before. */
  readonly marginMs: number;
}

/** What the comparison found. */
export type Reconciliation = Awaited<ReturnType<typeof reconcile>>;

/** Compares the orders of a file with what the outbox keeps of them. */
export async function reconcile(options: ReconcileOptions) {
  const { file, check, outbox, keyOf, days, whenDenied, marginMs } = options;
  const inFile = new Set<string>();
  const differences: Difference[] = [];
  let matched = 0;
  for await (const batch of batches(file.entries(), AT_ONCE)) {
    const numbered = batch.filter(({ orderNumber }) => orderNumber !== "");
    for (const { orderNumber } of numbered) inFile.add(keyOf(orderNumber));
    const readable = numbered.filter(
      ({ kind, orderNumber }) => kind !== "faulty" && !check.repeated.has(orderNumber),
    );
    const records = await Promise.all(readable.map(({ orderNumber }) => outbox.find(keyOf(orderNumber))));
    for (const [index, entry] of readable.entries()) {
      const { orderNumber, line } = entry;
      const found = differenceOf(entry, records[index], whenDenied);
      if (found === "none") matched += 1;
      else if (found) differences.push({ orderNumber, key: keyOf(orderNumber), line, ...found });
    }
  }
  for (const { status, key, acceptedAt, settledAt, summary } of days ? await outbox.settled.list(days) : []) {
    if (status !== "delivered" || inFile.has(key)) continue;
    const isEarly = acceptedAt < (days?.from ?? 0) + marginMs;
    const kind = isEarly ? "extra-early" : "extra";
    differences.push({
      kind,
      key,
      delivered: summary,
      acceptedAt: iso(acceptedAt),
      deliveredAt: iso(settledAt),
    });
  }
  const counts = Object.fromEntries(
    KINDS.map((kind) => [kind, differences.filter((one) => one.kind === kind).length]),
  ) as Readonly<Record<DifferenceKind, number>>;
  return { matched, counts, differences };
}

type Found = Omit<Difference, "orderNumber" | "key" | "line">;

/** How an order of the file stands; nothing for an order that was rightly not sent. */
function differenceOf(
  entry: FileEntry,
  record: OutboxRecord | undefined,
  whenDenied: ReconcileOptions["whenDenied"],
): Found | "none" | undefined {
  const delivery = record?.status === "delivered" ? record : undefined;
  const delivered = delivery?.summary;
  const times = {
    ...(record && { acceptedAt: iso(record.acceptedAt) }),
    ...(delivery && { deliveredAt: iso(delivery.settledAt) }),
  };
  if (entry.kind === "faulty") return undefined;
  if (entry.kind === "unpaid" || (entry.kind === "denied" && whenDenied === "skip")) {
    const kind = entry.kind === "unpaid" && entry.isReturned ? "returned" : "extra";
    return delivery && { kind, inFile: entry.kind, delivered, ...times };
  }
  const { amount: inFile } = entry;
  if (!record) return { kind: "missing", inFile };
  if (record.status === "pending") return { kind: "waiting", inFile, ...times };
  if (record.status !== "delivered") return { kind: record.status, inFile, ...times };
  if (!delivered || (delivered.currency === inFile.currency && delivered.subtotal === inFile.subtotal))
    return "none";
  return { kind: "other-amount", inFile, delivered, ...times };
}
