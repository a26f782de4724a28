import { textAt, textsAt } from "../checks/body-values.ts";
import { bodies } from "../fields.ts";
import type { Ledger } from "../ledger.ts";
import type { ClickNote, Mark, Reference, RequestDetail } from "../page/source.ts";
import type { ClickRecord, OrderRecord, ReceivedRequest, TrackingRecord } from "../records.ts";
import { parsed } from "../request-body.ts";
import { noteFields } from "./field-notes.ts";
import { findingsOf, marksOf, titleOf } from "./listing.ts";
import { outcomeOf } from "./outcome.ts";
import { curlText, headText } from "./request-text.ts";
import { testText } from "./test-text.ts";

const MAX_REFERENCES = 20;
const MAX_TEXT_LENGTH = 300;

/** Everything that the page shows of one request. */
export function detailOf(ledger: Ledger, url: string, request: ReceivedRequest): RequestDetail {
  const record = ledger.record(request.record);
  const body = record?.body ?? parsed(request.raw);
  const findings = findingsOf(request, record);
  const marks = marksOf(findings);
  return {
    id: request.id,
    kind: "request",
    endpoint: request.endpoint,
    title: titleOf(request, body),
    at: request.receivedAt,
    merchantId: request.merchantId.slice(0, MAX_TEXT_LENGTH),
    outcome: outcomeBeside(marks, request, record),
    marks,
    findings,
    fields: isCall(request.endpoint) && body !== undefined ? noteFields(body, bodies[request.endpoint]) : [],
    ...(record !== undefined && besides(ledger, request, record)),
    head: headText(request),
    raw: request.raw,
    curl: curlText(url, request),
    ...(record !== undefined && isCall(request.endpoint) && { test: testText(request.endpoint, record) }),
  };
}

/** What was taken with an error is not shown as good. */
function outcomeBeside(marks: readonly Mark[], request: ReceivedRequest, record: TrackingRecord | undefined) {
  const { tone, sentence } = outcomeOf(request, record);
  const loudest = marks.find(({ severity }) => severity !== "info");
  if (tone !== "good" || loudest === undefined) return { tone, sentence };
  return {
    tone: loudest.severity === "error" ? ("bad" as const) : ("fault" as const),
    sentence: `${sentence} It has ${marks.map(({ text }) => text).join(", ")}.`,
  };
}

function isCall(endpoint: ReceivedRequest["endpoint"]): endpoint is "order" | "click" {
  return endpoint === "order" || endpoint === "click";
}

function besides(
  ledger: Ledger,
  request: ReceivedRequest,
  record: ClickRecord | OrderRecord,
): Pick<RequestDetail, "click" | "orders" | "sameNumber"> {
  if (request.endpoint === "click") {
    return { orders: refer(ledger.orders.filter(({ click }) => click === record.id)) };
  }
  const order: OrderRecord = record;
  const first = order.repeatOf ?? order.id;
  const others = ledger.orders.filter(
    ({ id, repeatOf }) => id !== order.id && (id === first || repeatOf === first),
  );
  return { click: clickNote(ledger, order), sameNumber: refer(others) };
}

function clickNote(ledger: Ledger, order: OrderRecord): ClickNote | null {
  const click = ledger.record(order.click);
  if (click === undefined || order.attributedBy === undefined) return null;
  const ids = textsAt(click.body, "tracking_ids", order.attributedBy);
  const shared =
    order.attributedBy === "avantlink_avad"
      ? textAt(click.body, "tracking_ids", "avantlink_avad")
      : (textsAt(order.body, "tracking_ids", order.attributedBy).find((id) => ids.includes(id)) ?? "");
  return {
    ...reference(click),
    sharedField: order.attributedBy,
    shared: shared.slice(0, MAX_TEXT_LENGTH),
    landing: textAt(click.body, "current_url").slice(0, MAX_TEXT_LENGTH),
    referrer: textAt(click.body, "referrer_url").slice(0, MAX_TEXT_LENGTH),
  };
}

function refer(records: readonly (ClickRecord | OrderRecord)[]): Reference[] {
  return records.slice(-MAX_REFERENCES).reverse().map(reference);
}

function reference({ request, id, receivedAt }: ClickRecord | OrderRecord): Reference {
  return { id: request, title: id, at: receivedAt };
}
