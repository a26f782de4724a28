import type { DeskView, PageSource } from "@avantlink-s2s/sandbox/page";
import { conditionOf, type OutboxCondition } from "../outbox/condition.ts";
import type { OpenOutbox } from "../outbox/open-outbox.ts";
import { nextTry, numberOrKey, withoutWords } from "../outbox/record-view.ts";
import { ago } from "../terminal/durations.ts";
import { type History, historyOf } from "./history.ts";
import { lifeOf } from "./life.ts";
import { listOrders, searchOrders } from "./orders.ts";

const REFRESH_MS = 2_000;

/** What the desk's page needs beside the outbox. */
export interface OutboxPageOptions {
  /** The key of an order number; absent where the merchant is not known. */
  readonly keyOf: ((orderNumber: string) => string) | undefined;
  /** What names the outbox in a command that is copied. */
  readonly options: string;
}

/** The page over a real outbox. It only reads. */
export function outboxPage({ outbox, place, problems }: OpenOutbox, page: OutboxPageOptions): PageSource {
  const history = historyOf(outbox);
  return {
    async view(query) {
      const condition = await conditionOf(outbox);
      const past = history();
      const found =
        query.search.trim() === ""
          ? await listOrders(outbox, condition.totals, query)
          : await searchOrders(outbox, query, page.keyOf);
      const { waiting, dead, finished } = found.counts;
      return {
        name: "AvantLink desk",
        item: "order",
        filters: [
          { id: "all", label: "All", count: waiting + dead + finished },
          { id: "waiting", label: "Waiting", count: waiting },
          { id: "dead", label: "Dead letters", count: dead },
        ],
        list: found.list,
        desk: {
          place: `${outbox.name} outbox, ${place}`,
          figures: figuresOf(condition, past),
          hours: past?.hours ?? [],
          problems: problems.map(({ message, help }) => `${message} ${help}`),
        },
      };
    },
    async detail(id) {
      const record = await outbox.find(id);
      return record && lifeOf(record, page.options);
    },
    async body(id) {
      const record = await outbox.find(id);
      return record !== undefined && "body" in record ? record.body : undefined;
    },
    subscribe(changed) {
      const timer = setInterval(changed, REFRESH_MS);
      return () => clearInterval(timer);
    },
  };
}

function figuresOf(
  { totals, oldestWaiting, lastAnswer }: OutboxCondition,
  past: History | undefined,
): DeskView["figures"] {
  const { accepted, delivered, pending, dead } = totals;
  const count = (value: number) => value.toLocaleString("en");
  return [
    {
      label: "Accepted today",
      value: past ? `${count(past.today.accepted)}${past.isPartial ? "+" : ""}` : "…",
      note: `${count(accepted)} in all`,
    },
    {
      label: "Delivered of them",
      value: past ? count(past.today.delivered) : "…",
      note: `${count(delivered)} in all`,
      tone: "good",
    },
    {
      label: "Waiting",
      value: count(pending),
      note: oldestWaiting
        ? `The oldest, ${numberOrKey(oldestWaiting)}, was accepted ${ago(oldestWaiting.acceptedAt)} ago. Next try ${nextTry(oldestWaiting)}.`
        : "Nothing waits.",
      ...(oldestWaiting?.lastAttempts.length && { tone: "fault" as const }),
    },
    {
      label: "Dead letters",
      value: count(dead),
      note: dead === 0 ? "None." : "Not tried again by themselves.",
      ...(dead > 0 && { tone: "bad" as const }),
    },
    {
      label: "AvantLink's last failure",
      value: lastAnswer ? `${ago(lastAnswer.at)} ago` : "none",
      note: lastAnswer ? withoutWords(lastAnswer.answer) : "No waiting order and no dead letter has one.",
    },
  ];
}
