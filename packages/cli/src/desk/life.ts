import type { DeadLetter, OutboxRecord, PendingRecord } from "@avantlink-s2s/core";
import type { LifeDetail } from "@avantlink-s2s/sandbox/page";
import { issuesOf } from "../outbox/dead-letters.ts";
import { answerText, iso, recordFacts, shortKey, withoutWords } from "../outbox/record-view.ts";
import { ago } from "../terminal/durations.ts";
import { harmless } from "../terminal/terminal.ts";
import { shellWord } from "../terminal/wording.ts";
import { titleOf, toneOf } from "./row.ts";

/** Everything that the desk shows of one order, apart from its body. `options` names the outbox in a command. */
export function lifeOf(record: OutboxRecord, options: string): LifeDetail {
  const isOpen = record.status === "pending" || record.status === "dead";
  return {
    kind: "life",
    id: record.key,
    title: titleOf(record),
    at: iso(record.acceptedAt),
    outcome: { tone: toneOf(record), sentence: sentenceOf(record) },
    facts: [...recordFacts(record), ["key", record.key]],
    attempts: isOpen
      ? record.lastAttempts.map(({ at, answer }) => ({ at: iso(at), answer: withoutWords(answer) }))
      : [],
    issues: record.status === "dead" ? issuesOf(record) : [],
    commands: isOpen ? commandsOf(record, options) : [],
    hasBody: isOpen,
  };
}

function sentenceOf(record: OutboxRecord): string {
  switch (record.status) {
    case "pending":
      return record.lastAttempts.length === 0
        ? "It waits for its first try."
        : `It is waiting, and tried again by itself. AvantLink's last answer: ${answerText(record.lastAttempts.at(-1))}.`;
    case "dead":
      return `It is a dead letter: it is not tried again by itself. ${deadReason(record)}.`;
    case "delivered":
      return `AvantLink confirmed it ${ago(record.settledAt)} ago. Its number and body are erased.`;
    case "removed":
      return `It was removed ${ago(record.settledAt)} ago. Nothing is sent.`;
  }
}

function deadReason({ reason: { code, status, errorKey } }: DeadLetter): string {
  const answer = status === undefined ? [] : [`AvantLink answered ${status}`];
  return [code, ...answer, ...(errorKey === undefined ? [] : [errorKey])].join(", ");
}

/** By the key, which needs no quotes in any shell; an order number only where the command wants one. */
function commandsOf(record: PendingRecord | DeadLetter, options: string): LifeDetail["commands"] {
  const command = (label: string, verb: string, rest = "") => ({
    label,
    command: `npx avantlink-s2s outbox ${[verb, options, rest].filter(Boolean).join(" ")}`,
  });
  const { orderNumber, kind } = record;
  const isNamed = orderNumber !== "" && !orderNumber.startsWith("-") && harmless(orderNumber) === orderNumber;
  const forget = isNamed ? [command("Erase it", `forget ${shellWord(orderNumber)}`)] : [];
  if (record.status === "pending")
    return [command("Deliver now what is due", "deliver", "--for 60s"), ...forget];
  const key = shortKey(record);
  return [
    ...(kind === "rejected"
      ? []
      : [command("Retry it unchanged, and wait for the answer", `retry ${key}`, "--send")]),
    command("Correct it: write its order into a file…", `show ${key}`, "--order > order.json"),
    command("…and, after editing, send the file", `retry ${key}`, "--with order.json --send"),
    command("Export all dead letters as a batch file", "export", "--out sales.csv"),
    command("Remove it", `remove ${key}`),
  ];
}
