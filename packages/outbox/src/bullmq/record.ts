import type {
  AttemptRecord,
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

export function openRecord(key: string, fields: Fields): PendingRecord | DeadLetter {
  const {
    kind,
    orderNumber = "",
    body = "",
    acceptedAt,
    summary,
    attempts,
    log,
    due,
    reason,
    diedAt,
  } = fields;
  const job = {
    key,
    kind: kind as OutboxJob["kind"],
    orderNumber,
    body,
    acceptedAt: Number(acceptedAt),
    summary: summaryOf(summary),
    attempts: Number(attempts),
    lastAttempts: JSON.parse(log ?? "[]") as AttemptRecord[],
  };
  if (reason === undefined) return { ...job, status: "pending", dueAt: Number(due) };
  return { ...job, status: "dead", reason: JSON.parse(reason) as DeadReason, diedAt: Number(diedAt) };
}

export function settledRecord(key: string, text: string): SettledRecord {
  const [status, acceptedAt, settledAt, attempts, summary] = JSON.parse(text) as [
    SettledRecord["status"],
    number,
    number,
    number,
    OrderSummary | null,
  ];
  return { key, status, acceptedAt, settledAt, attempts, summary: summary ?? undefined };
}

/** A summary as JSON, or `null`. */
export function summaryOf(text: string | undefined): OrderSummary | undefined {
  return (JSON.parse(text ?? "null") as OrderSummary | null) ?? undefined;
}
