import { textAt, valueAt } from "../checks/body-values.ts";
import type { Ledger } from "../ledger.ts";
import type { ClickRecord, Finding, OrderRecord, ReceivedRequest, Severity } from "../records.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";

/** Which requests the list shows. */
export interface ListQuery {
  readonly show: "all" | "order" | "click" | "refused" | "findings";
  /** Text that the request must hold, in any case. */
  readonly search: string;
  /** Only requests older than this one. */
  readonly before: string | undefined;
}

/** The page's word for a request, and a stranger's words for it, each apart so that none turns the others around. */
export interface Title {
  readonly word: string;
  readonly name?: string;
  readonly amount?: string;
}

/** One line of the list. */
interface Row extends Pick<Outcome, "tone" | "brief"> {
  readonly id: string;
  readonly kind: ReceivedRequest["endpoint"];
  readonly receivedAt: string;
  readonly title: Title;
  readonly note: string;
  readonly findings: Readonly<Record<Severity, number>>;
}

export interface Listing {
  readonly rows: readonly Row[];
  /** How many requests match, the older and newer ones included. */
  readonly total: number;
  /** How many of them are newer than the first row. */
  readonly newer: number;
}

const rowsOnPage = 50;
/** A search looks no further into a body than this, so that it stays quick. */
const searchedLength = 65_536;
const shownLength = 120;

/** The newest requests that match, a page of them. */
export function list(ledger: Ledger, { show, search, before }: ListQuery): Listing {
  const needle = search.trim().toLowerCase();
  const rows: Row[] = [];
  let total = 0;
  let newer = 0;
  let reached = before === undefined || ledger.request(before) === undefined;
  for (const request of newestFirst(ledger.requests)) {
    const record = request.record === undefined ? undefined : ledger.record(request.record);
    if (shows(show, request, record) && holds(needle, request)) {
      total += 1;
      if (!reached) newer += 1;
      else if (rows.length < rowsOnPage) rows.push(toRow(request, record));
    }
    if (request.id === before) reached = true;
  }
  return { rows, total, newer };
}

function* newestFirst(requests: readonly ReceivedRequest[]): Generator<ReceivedRequest> {
  for (let index = requests.length - 1; index >= 0; index--) {
    const request = requests[index];
    if (request !== undefined) yield request;
  }
}

function shows(
  show: ListQuery["show"],
  request: ReceivedRequest,
  record: ClickRecord | OrderRecord | undefined,
): boolean {
  switch (show) {
    case "all":
      return true;
    case "refused":
      return request.record === undefined;
    case "findings":
      return findingsOf(request, record).length > 0;
    default:
      return request.endpoint === show;
  }
}

function holds(needle: string, { id, record = "", path, raw }: ReceivedRequest): boolean {
  if (needle === "") return true;
  return [id, record, path, raw.slice(0, searchedLength)].some((text) => text.toLowerCase().includes(needle));
}

function toRow(request: ReceivedRequest, record: ClickRecord | OrderRecord | undefined): Row {
  const { tone, brief } = outcomeOf(request, record);
  const body = record?.body ?? parsed(request.raw);
  return {
    id: request.id,
    kind: request.endpoint,
    receivedAt: request.receivedAt,
    title: titleOf(request, body),
    note: noteOf(record),
    tone,
    brief,
    findings: count(findingsOf(request, record)),
  };
}

/** What a person calls the request: an order by its number, a click by its token. */
export function titleOf(request: ReceivedRequest, body: unknown): Title {
  if (request.endpoint === "unknown")
    return { word: request.method, name: request.path.slice(0, shownLength) };
  if (request.endpoint === "click") {
    const avad = textAt(body, "tracking_ids", "avantlink_avad").trim();
    return avad === ""
      ? { word: "Click without a token" }
      : { word: "Click", name: avad.slice(0, shownLength) };
  }
  const number = scalar(valueAt(body, "order", "order_number"));
  const amount = scalar(valueAt(body, "order", "order_amount_subtotal"));
  const price = `${amount} ${textAt(body, "order", "currency")}`.trim();
  return {
    ...(number === ""
      ? { word: "Order without a number" }
      : { word: "Order", name: number.slice(0, shownLength) }),
    ...(price !== "" && { amount: price.slice(0, shownLength) }),
  };
}

/** What was found in a request, taken or not. */
export function findingsOf(
  request: ReceivedRequest,
  record: ClickRecord | OrderRecord | undefined,
): readonly Finding[] {
  return record?.findings ?? request.findings ?? [];
}

function noteOf(record: ClickRecord | OrderRecord | undefined): string {
  if (record === undefined) return "";
  const notes: string[] = [];
  if ("repeatOf" in record) notes.push(`repeats ${record.repeatOf}`);
  if ("click" in record) notes.push(`from ${record.click}`);
  return notes.join(" · ");
}

function scalar(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

/** The body of a request that was not taken, if it is JSON of a usual size. */
export function parsed(raw: string): unknown {
  if (raw.length > searchedLength) return undefined;
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}

function count(findings: readonly Finding[]): Record<Severity, number> {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return counts;
}
