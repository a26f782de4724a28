import type { DeadLetter, Outbox, OutboxRecord, OutboxTotals, PendingRecord } from "@avantlink-s2s/core";
import { wireOrderNumber } from "@avantlink-s2s/core/adapter";
import type { Listing, ListQuery } from "@avantlink-s2s/sandbox/page";
import { withoutWords } from "../outbox/record-view.ts";
import { rowOf } from "./row.ts";

const ROWS_ON_PAGE = 50;
/** So many waiting orders, and so many dead letters, are searched by what is known of them. */
const MAX_SEARCHED = 1_000;

/** The orders that match, and how many match each filter. */
export interface FoundOrders {
  readonly list: Listing;
  readonly counts: { readonly waiting: number; readonly dead: number; readonly finished: number };
}

/** A page of the orders that AvantLink has not confirmed: waiting ones, oldest first, then dead letters, newest first. */
export async function listOrders(
  outbox: Outbox,
  { pending, dead }: OutboxTotals,
  query: ListQuery,
): Promise<FoundOrders> {
  const waiting = query.show === "dead" ? 0 : pending;
  const total = waiting + (query.show === "waiting" ? 0 : dead);
  const skipped = Math.max(0, Math.min(Number.parseInt(query.page, 10) || 0, total));
  const page: OutboxRecord[] = [];
  if (skipped < waiting) page.push(...(await outbox.waiting.list({ limit: ROWS_ON_PAGE, offset: skipped })));
  if (query.show !== "waiting" && page.length < ROWS_ON_PAGE) {
    const offset = Math.max(0, skipped - waiting);
    page.push(...(await outbox.dead.list({ limit: ROWS_ON_PAGE - page.length, offset })));
  }
  const rows = page.map((record) => rowOf(record));
  const end = skipped + rows.length;
  return {
    list: { rows, total, skipped, ...(end < total && rows.length > 0 && { next: String(end) }) },
    counts: { waiting: pending, dead, finished: 0 },
  };
}

/**
 * The orders that hold the text: every order by its whole number, whose hash is its key, and of the waiting orders and
 * dead letters those whose number, key, reason or last answer holds it.
 */
export async function searchOrders(
  outbox: Outbox,
  { show, search }: ListQuery,
  keyOf: ((orderNumber: string) => string) | undefined,
): Promise<FoundOrders> {
  const needle = search.trim().toLowerCase();
  const page = { limit: MAX_SEARCHED };
  const [waiting, dead] = await Promise.all([outbox.waiting.list(page), outbox.dead.list(page)]);
  const found = new Map<string, OutboxRecord>();
  const key = /^[0-9a-f]{64}$/.test(needle) ? needle : keyOf?.(wireOrderNumber(search.trim()));
  const exact = key === undefined ? undefined : await outbox.find(key);
  if (exact !== undefined) found.set(exact.key, exact);
  for (const record of [...waiting, ...dead])
    if (wordsOf(record).includes(needle)) found.set(record.key, record);
  const all = [...found.values()];
  const count = (status: string) => all.filter((record) => record.status === status).length;
  const shown = all.filter(
    ({ status }) => show === "all" || status === (show === "waiting" ? "pending" : show),
  );
  const isPartial = waiting.length === MAX_SEARCHED || dead.length === MAX_SEARCHED;
  const remarks = [
    keyOf === undefined && "Set AVANTLINK_MERCHANT_ID to find delivered orders by their number.",
    isPartial &&
      `Searched the first ${MAX_SEARCHED.toLocaleString("en")} of each kind. A whole number finds any order.`,
    shown.length > ROWS_ON_PAGE && `The first ${ROWS_ON_PAGE} are shown.`,
  ].filter((remark) => remark !== false);
  return {
    list: {
      rows: shown
        .slice(0, ROWS_ON_PAGE)
        .map((record) => rowOf(record, exact?.key === record.key ? search.trim() : "")),
      total: shown.length,
      skipped: 0,
      ...(remarks.length > 0 && { remark: remarks.join(" ") }),
    },
    counts: {
      waiting: count("pending"),
      dead: count("dead"),
      finished: count("delivered") + count("removed"),
    },
  };
}

function wordsOf(record: PendingRecord | DeadLetter): string {
  const answers = record.lastAttempts.map(({ answer }) => withoutWords(answer));
  const reason = record.status === "dead" ? [record.reason.code, record.reason.errorKey ?? ""] : [];
  return [record.orderNumber, record.key, ...reason, ...answers].join("\n").toLowerCase();
}
