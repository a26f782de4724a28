import { textAt, textsAt } from "../checks/body-values.ts";
import { bodies } from "../fields.ts";
import type { Ledger } from "../ledger.ts";
import type { ClickRecord, Finding, OrderRecord, ReceivedRequest } from "../records.ts";
import { type FieldNote, noteFields } from "./field-notes.ts";
import { curlText, headText } from "./http-text.ts";
import { findingsOf, parsed, type Title, titleOf } from "./listing.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";

/** Everything that the page shows of one request. */
export interface Detail {
  readonly id: string;
  readonly kind: ReceivedRequest["endpoint"];
  readonly title: Title;
  readonly receivedAt: string;
  readonly merchantId: string;
  readonly outcome: Outcome;
  readonly findings: readonly Finding[];
  readonly fields: readonly FieldNote[];
  /** Of an order that was taken: the click that it is attributed to, or `null`. */
  readonly click?: ClickNote | null;
  /** Of a click: the orders that are attributed to it. */
  readonly orders?: readonly Reference[];
  /** The other requests with the same order number. */
  readonly sameNumber?: readonly Reference[];
  readonly head: string;
  readonly raw: string;
  readonly curl: string;
}

/** Another request, by name. */
interface Reference {
  readonly id: string;
  readonly title: string;
  readonly receivedAt: string;
}

interface ClickNote extends Reference {
  /** What order and click share, and its value. */
  readonly sharedField: string;
  readonly shared: string;
  readonly landing: string;
  readonly referrer: string;
}

const mostReferences = 20;
const longestText = 300;

export function detailOf(ledger: Ledger, url: string, request: ReceivedRequest): Detail {
  const record = request.record === undefined ? undefined : ledger.record(request.record);
  const body = record?.body ?? parsed(request.raw);
  return {
    id: request.id,
    kind: request.endpoint,
    title: titleOf(request, body),
    receivedAt: request.receivedAt,
    merchantId: request.merchantId.slice(0, longestText),
    outcome: outcomeOf(request, record),
    findings: findingsOf(request, record),
    fields:
      request.endpoint === "unknown" || body === undefined ? [] : noteFields(body, bodies[request.endpoint]),
    ...(record !== undefined && besides(ledger, request, record)),
    head: headText(request),
    raw: request.raw,
    curl: curlText(url, request),
  };
}

function besides(
  ledger: Ledger,
  request: ReceivedRequest,
  record: ClickRecord | OrderRecord,
): Pick<Detail, "click" | "orders" | "sameNumber"> {
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
  const click = order.click === undefined ? undefined : ledger.record(order.click);
  if (click === undefined || order.attributedBy === undefined) return null;
  const ids = textsAt(click.body, "tracking_ids", order.attributedBy);
  const shared =
    order.attributedBy === "avantlink_avad"
      ? textAt(click.body, "tracking_ids", "avantlink_avad")
      : (textsAt(order.body, "tracking_ids", order.attributedBy).find((id) => ids.includes(id)) ?? "");
  return {
    ...reference(click),
    sharedField: order.attributedBy,
    shared: shared.slice(0, longestText),
    landing: textAt(click.body, "current_url").slice(0, longestText),
    referrer: textAt(click.body, "referrer_url").slice(0, longestText),
  };
}

function refer(records: readonly (ClickRecord | OrderRecord)[]): Reference[] {
  return records.slice(-mostReferences).reverse().map(reference);
}

function reference({ request, id, receivedAt }: ClickRecord | OrderRecord): Reference {
  return { id: request, title: id, receivedAt };
}
