import type { AttemptRecord, DeadLetter, OutboxRecord, PendingRecord } from "@avantlink-s2s/core";
import { ago, until } from "../terminal/durations.ts";
import { harmless } from "../terminal/terminal.ts";

const SHORT_KEY_LENGTH = 12;

/** How an order is named where its number is unknown. */
export function shortKey({ key }: { readonly key: string }): string {
  return key.slice(0, SHORT_KEY_LENGTH);
}

/** The order number for people. */
export function numberOrKey(record: PendingRecord | DeadLetter): string {
  return harmless(record.orderNumber) || `${shortKey(record)} (no number)`;
}

/** A record as JSON: everything but the body and the shopper's context. */
export function recordJson(record: OutboxRecord, orderNumber?: string) {
  const status = record.status === "pending" ? ("waiting" as const) : record.status;
  const base = {
    orderNumber: "orderNumber" in record ? record.orderNumber : (orderNumber ?? ""),
    key: record.key,
    status,
    acceptedAt: iso(record.acceptedAt),
    attempts: record.attempts,
  };
  if (record.status !== "pending" && record.status !== "dead")
    return { ...base, doneAt: iso(record.settledAt) };
  const { kind } = record;
  const lastAttempts = record.lastAttempts.map(({ at, answer }) => ({
    at: iso(at),
    answer: withoutWords(answer),
  }));
  if (record.status === "pending") return { ...base, kind, lastAttempts, nextTryAt: iso(record.dueAt) };
  const { message: _, ...reason } = record.reason;
  return { ...base, kind, lastAttempts, diedAt: iso(record.diedAt), reason };
}

/** How often an order was sent. An answer that only asks to wait is not counted. */
export function timesSent(record: PendingRecord | DeadLetter): string {
  const isDead = record.status === "dead";
  // The attempt after which an order was given up. Another merchant's order is given up without one.
  const last = isDead && record.kind !== "rejected" && record.reason.code !== "outbox.other-merchant";
  const times = record.attempts + Number(last);
  return times === 0 ? (isDead ? "never" : "not yet") : times === 1 ? "once" : `${times} times`;
}

/** The last answer of AvantLink, with its age. */
export function answerText(answer: AttemptRecord | undefined): string {
  return answer === undefined ? "none yet" : `${withoutWords(answer.answer)}, ${ago(answer.at)} ago`;
}

/** An answer without AvantLink's own words, which may repeat a value of the order. They follow the first sentence. */
export function withoutWords(answer: string): string {
  return harmless(answer.split(". ", 1)[0] ?? "").replace(/\.$/, "");
}

/** When a waiting order is tried next. */
export function nextTry({ dueAt }: PendingRecord): string {
  return until(dueAt);
}

export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** What is known of an order, as names and values for people. */
export function recordFacts(record: OutboxRecord): readonly (readonly [string, string])[] {
  const since = (at: number) => `${iso(at)}, ${ago(at)} ago`;
  const accepted = ["accepted", since(record.acceptedAt)] as const;
  if (record.status === "pending") {
    const answer = answerText(record.lastAttempts.at(-1));
    return [accepted, ["sent", timesSent(record)], ["last answer", answer], ["next try", nextTry(record)]];
  }
  if (record.status !== "dead") return [accepted, [record.status, since(record.settledAt)]];
  const { code, status, errorKey = "" } = record.reason;
  return [
    accepted,
    ["sent", timesSent(record)],
    ["given up", since(record.diedAt)],
    ["reason", [code, status && `HTTP ${status}`, harmless(errorKey)].filter(Boolean).join(", ")],
  ];
}
