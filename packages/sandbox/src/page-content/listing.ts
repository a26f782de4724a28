import { textAt, valueAt } from "../checks/body-values.ts";
import type { Ledger } from "../ledger.ts";
import type { ListQuery, Mark, Row, Title, View } from "../page/source.ts";
import type { ClickRecord, Finding, OrderRecord, ReceivedRequest } from "../records.ts";
import { parsed } from "../request-body.ts";
import { outcomeOf } from "./outcome.ts";
import { reportTitle } from "./report.ts";

type Kept = ClickRecord | OrderRecord | undefined;

const ROWS_ON_PAGE = 50;
/** A search looks no further into a body than this, so that it stays quick. */
const SEARCHED_LENGTH = 65_536;
const SHOWN_LENGTH = 120;

interface Filter {
  readonly id: string;
  readonly label: string;
  shows(found: { readonly request: ReceivedRequest; readonly record: Kept }): boolean;
}

const ALL: Filter = { id: "all", label: "All", shows: () => true };
const FILTERS: readonly Filter[] = [
  ALL,
  { id: "order", label: "Orders", shows: ({ request }) => request.endpoint === "order" },
  { id: "click", label: "Clicks", shows: ({ request }) => request.endpoint === "click" },
  {
    id: "findings",
    label: "With findings",
    shows: ({ request, record }) => findingsOf(request, record).length > 0,
  },
  {
    id: "refused",
    label: "Not taken",
    shows: ({ request, record }) => record === undefined && request.endpoint !== "event",
  },
  { id: "event", label: "From the shop", shows: ({ request }) => request.endpoint === "event" },
];

/** A page of the requests that match, newest first, and how many match each filter. */
export function list(ledger: Ledger, { show, search, page }: ListQuery): Pick<View, "filters" | "list"> {
  const needle = search.trim().toLowerCase();
  const found = ledger.requests
    .map((request, index) => ({ index, request, record: ledger.record(request.record) }))
    .filter(({ request, record }) => holds(needle, request, record))
    .reverse();
  const { shows } = FILTERS.find(({ id }) => id === show) ?? ALL;
  const shown = found.filter(shows);
  const pageAt = ledger.requests.findIndex(({ id }) => id === page);
  const left = pageAt < 0 ? shown : shown.filter(({ index }) => index < pageAt);
  const rows = left.slice(0, ROWS_ON_PAGE).map(({ request, record }) => toRow(request, record));
  const next = left.length > rows.length && rows.at(-1)?.id;
  return {
    filters: FILTERS.map(({ id, label, shows }) => ({ id, label, count: found.filter(shows).length })),
    list: { rows, total: shown.length, skipped: shown.length - left.length, ...(next && { next }) },
  };
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
export function titleOf({ endpoint, method, path }: ReceivedRequest, body: unknown): Title {
  if (endpoint === "event") return reportTitle(body);
  if (endpoint === "unknown") return { word: method, name: cut(path) };
  if (endpoint === "click") {
    const avad = textAt(body, "tracking_ids", "avantlink_avad").trim();
    return avad === "" ? { word: "Click without a token" } : { word: "Click", name: cut(avad) };
  }
  const number = scalar(valueAt(body, "order", "order_number"));
  const price = `${scalar(valueAt(body, "order", "order_amount_subtotal"))} ${textAt(body, "order", "currency")}`;
  return {
    ...(number === "" ? { word: "Order without a number" } : { word: "Order", name: cut(number) }),
    ...(price !== " " && { amount: cut(price.trim()) }),
  };
}

const cut = (text: string) => text.slice(0, SHOWN_LENGTH);

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
