import type {
  AttemptRecord,
  ClaimedJob,
  DeadLetter,
  DeadReason,
  OrderSummary,
  OutboxJob,
  PendingRecord,
  SettledRecord,
} from "@avantlink-s2s/core";

/** The hash of an order that waits, is being sent or is dead. */
export type Fields = Readonly<Record<string, string>>;

/** Pairs up what a script answers for a hash. */
export function fieldsOf(answer: readonly string[]): Fields {
  const pairs = answer.flatMap((name, index) => (index % 2 ? [] : [[name, answer[index + 1] ?? ""]]));
  return Object.fromEntries(pairs);
}

/** What a worker gets of an order. */
export function jobOf(key: string, fields: Fields): ClaimedJob {
  const { kind, orderNumber = "", body = "", acceptedAt, summary, attempts } = fields;
  return {
    key,
    kind: kind as OutboxJob["kind"],
    orderNumber,
    body,
    acceptedAt: Number(acceptedAt),
    summary: unpackSummary(JSON.parse(summary ?? "null")),
    attempts: Number(attempts),
  };
}

export function attemptsOf({ log }: Fields): AttemptRecord[] {
  return JSON.parse(log ?? "[]") as AttemptRecord[];
}

export function openRecord(key: string, fields: Fields): PendingRecord | DeadLetter {
  const { due, reason, diedAt } = fields;
  const job = { ...jobOf(key, fields), lastAttempts: attemptsOf(fields) };
  if (reason === undefined) return { ...job, status: "pending", dueAt: Number(due) };
  return { ...job, status: "dead", reason: JSON.parse(reason) as DeadReason, diedAt: Number(diedAt) };
}

export function settledRecord(key: string, text: string): SettledRecord {
  const [status, acceptedAt, settledAt, attempts, summary] = JSON.parse(text) as [
    SettledRecord["status"],
    number,
    number,
    number,
    Packed,
  ];
  return { key, status, acceptedAt, settledAt, attempts, summary: unpackSummary(summary) };
}

/** A summary without its names, since it is kept in memory for 400 days. */
type Packed = readonly [contentHash: string, currency: string, subtotal: number, lines: number] | null;

export function packSummary(summary: OrderSummary | undefined): string {
  if (!summary) return "null";
  const { contentHash, currency, subtotal, lines } = summary;
  return JSON.stringify([contentHash, currency, subtotal, lines] satisfies Packed);
}

export function unpackSummary(packed: Packed): OrderSummary | undefined {
  if (!packed) return undefined;
  const [contentHash, currency, subtotal, lines] = packed;
  return { contentHash, currency, subtotal, lines };
}
