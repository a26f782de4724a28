import type { OutboxRecord } from "@avantlink-s2s/core";
import type { Row, Title, Tone } from "@avantlink-s2s/sandbox/page";
import { answerText, iso, nextTry, shortKey, timesSent } from "../outbox/record-view.ts";
import { money } from "../terminal/wording.ts";

/** A line of the desk's list. A finished order is known by its key, and by the number that was searched for. */
export function rowOf(record: OutboxRecord, searched = ""): Row {
  const base = { id: record.key, title: titleOf(record, searched), at: iso(record.acceptedAt), marks: [] };
  const tone = toneOf(record);
  if (record.status === "pending")
    return {
      ...base,
      tone,
      brief: `next try ${nextTry(record)}`,
      note: answerText(record.lastAttempts.at(-1)),
    };
  if (record.status === "dead")
    return {
      ...base,
      tone,
      brief: record.reason.errorKey ?? record.reason.code,
      note: `sent ${timesSent(record)}`,
    };
  return { ...base, tone, brief: record.status, note: "" };
}

export function titleOf(record: OutboxRecord, searched = ""): Title {
  const number = "orderNumber" in record ? record.orderNumber : searched;
  const { summary } = record;
  return {
    word: "Order",
    name: number || shortKey(record),
    ...(summary && { amount: money(summary.subtotal, summary.currency) }),
  };
}

/** An order that was tried in vain is worse than an order before its first try. */
export function toneOf(record: OutboxRecord): Tone {
  if (record.status === "pending") return record.lastAttempts.length > 0 ? "fault" : "waiting";
  return record.status === "delivered" ? "good" : "bad";
}
