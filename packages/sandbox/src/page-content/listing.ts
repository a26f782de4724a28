import { textAt, valueAt } from "../checks/body-values.ts";
import type { Ledger } from "../ledger.ts";
import type { Listing, ListQuery, Mark, Row, Title, View } from "../page/source.ts";
import type { ClickRecord, Finding, OrderRecord, ReceivedRequest } from "../records.ts";
import { parsed } from "../request-body.ts";
import { outcomeOf } from "./outcome.ts";
import { reportTitle } from "./report.ts";

type Kept = ClickRecord | OrderRecord | undefined;

const ROWS_ON_PAGE = 50;
/** A search looks no further into a body than this, so that it stays quick. */
const SEARCHED_LENGTH = 65_536;
const SHOWN_LENGTH = 120;

type Filter = readonly [
  id: string,
  label: string,
  shows: (request: ReceivedRequest, record: Kept) => boolean,
];

const FILTERS: readonly Filter[] = [
  ["all", "All", () => true],
  ["order", "Orders", ({ endpoint }) => endpoint === "order"],
  ["click", "Clicks", ({ endpoint }) => endpoint === "click"],
  ["findings", "With findings", (request, record) => findingsOf(request, record).length > 0],
  ["refused", "Not taken", ({ endpoint }, record) => record === undefined && endpoint !== "event"],
  ["event", "From the shop", ({ endpoint }) => endpoint === "event"],
];

/** A page of the requests that match, newest first, and how many match each filter. */
export function list(ledger: Ledger, { show, search, page }: ListQuery): Pick<View, "filters" | "list"> {
  const needle = search.trim().toLowerCase();
  const chosen = FILTERS.find(([id]) => id === show) ?? FILTERS[0];
  const counts = new Map<string, number>();
  const rows: Row[] = [];
  let skipped = 0;
  let reached = ledger.request(page) === undefined;
  for (const request of newestFirst(ledger.requests)) {
    const record = request.record === undefined ? undefined : ledger.record(request.record);
    if (holds(needle, request, record)) {
      for (const [id, , shows] of FILTERS)
        if (shows(request, record)) counts.set(id, (counts.get(id) ?? 0) + 1);
      if (chosen?.[2](request, record)) {
        if (!reached) skipped += 1;
        else if (rows.length < ROWS_ON_PAGE) rows.push(toRow(request, record));
      }
    }
    if (request.id === page) reached = true;
  }
  const total = counts.get(chosen?.[0] ?? "") ?? 0;
  const last = rows.at(-1);
  const next: Pick<Listing, "next"> =
    last !== undefined && skipped + rows.length < total ? { next: last.id } : {};
  return {
    filters: FILTERS.map(([id, label]) => ({ id, label, count: counts.get(id) ?? 0 })),
    list: { rows, total, skipped, ...next },
  };
}

function* newestFirst(requests: readonly ReceivedRequest[]): Generator<ReceivedRequest> {
  for (let index = requests.length - 1; index >= 0; index--) {
    const request = requests[index];
    if (request !== undefined) yield request;
  }
}

/** Whether the page shows the text somewhere: in the row, in a finding, or in the body, as sent or laid out. */
function holds(needle: string, request: ReceivedRequest, record: Kept): boolean {
  if (needle === "" || wordsOf(request, record).includes(needle)) return true;
  const body = request.raw.slice(0, SEARCHED_LENGTH).toLowerCase();
  return body.includes(needle) || body.includes(needle.replace(/([[{:,])\s+/g, "$1"));
}

/** The words of requests that change no more. */
const words = new WeakMap<ReceivedRequest, string>();

/** What the page shows of a request in words of its own, in lower case. */
function wordsOf(request: ReceivedRequest, record: Kept): string {
  const known = words.get(request);
  if (known !== undefined) return known;
  const { title, brief, note, marks } = toRow(request, record);
  const { word, name = "", amount = "" } = title;
  const findings = findingsOf(request, record).flatMap(({ path, message }) => [path, message]);
  const shown = [`${word} ${name} · ${amount}`, brief, note, ...marks.map(({ text }) => text), ...findings];
  const text = [request.id, record?.id ?? "", request.path, ...shown].join("\n").toLowerCase();
  if (request.state !== "open") words.set(request, text);
  return text;
}

function toRow(request: ReceivedRequest, record: Kept): Row {
  const { tone, brief } = outcomeOf(request, record);
  return {
    id: request.id,
    at: request.receivedAt,
    title: titleOf(request, record?.body ?? parsed(request.raw)),
    note: noteOf(record),
    tone,
    brief,
    marks: marksOf(findingsOf(request, record)),
  };
}

/** How many findings there are of each kind. */
export function marksOf(findings: readonly Finding[]): Mark[] {
  return (["error", "warning", "info"] as const).flatMap((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    const plural = count === 1 || severity === "info" ? "" : "s";
    return count === 0 ? [] : [{ severity, text: `${count} ${severity}${plural}` }];
  });
}

/** What a person calls the request: an order by its number, a click by its token. */
export function titleOf(request: ReceivedRequest, body: unknown): Title {
  if (request.endpoint === "unknown")
    return { word: request.method, name: request.path.slice(0, SHOWN_LENGTH) };
  if (request.endpoint === "event") return reportTitle(body);
  if (request.endpoint === "click") {
    const avad = textAt(body, "tracking_ids", "avantlink_avad").trim();
    return avad === ""
      ? { word: "Click without a token" }
      : { word: "Click", name: avad.slice(0, SHOWN_LENGTH) };
  }
  const number = scalar(valueAt(body, "order", "order_number"));
  const amount = scalar(valueAt(body, "order", "order_amount_subtotal"));
  const price = `${amount} ${textAt(body, "order", "currency")}`.trim();
  return {
    ...(number === ""
      ? { word: "Order without a number" }
      : { word: "Order", name: number.slice(0, SHOWN_LENGTH) }),
    ...(price !== "" && { amount: price.slice(0, SHOWN_LENGTH) }),
  };
}

/** What was found in a request, taken or not. */
export function findingsOf(request: ReceivedRequest, record: Kept): readonly Finding[] {
  return record?.findings ?? request.findings ?? [];
}

function noteOf(record: Kept): string {
  if (record === undefined) return "";
  const notes: string[] = [];
  if ("repeatOf" in record) notes.push(`repeats ${record.repeatOf}`);
  if ("click" in record) notes.push(`from ${record.click}`);
  return notes.join(" · ");
}

function scalar(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}
