import { denialIn, deniedParts } from "../context/consent.ts";
import { type TrackingContext, withoutGaps } from "../context/context.ts";
import type { ReadRequest } from "../context/read-request.ts";
import { AvantLinkError } from "../errors.ts";
import type { Finding } from "../findings.ts";
import type { Config } from "../options/config.ts";
import type { MappedOrder, SkippedOrder, UnmappedOrder } from "../order/mapper-result.ts";
import { issuesOf, skipReason } from "../order/mapper-result.ts";
import type { Order } from "../order/order.ts";
import { orderKey, wireOrderNumber } from "../order/order-key.ts";
import { anonymousPayload, hasTrackingId, type OrderPayload, toOrderPayload } from "../order/payload.ts";
import { rejectedBody } from "../order/rejected-order.ts";
import type { OrderSummary, OutboxJob } from "../outbox/outbox.ts";
import type { SkipReason } from "../reporting/skip-reasons.ts";
import { sha256Hex } from "../runtime.ts";
import { readFields } from "../untrusted-value.ts";
import type { TrackableOrder } from "./tracker.ts";

/** What is to be done with something that the shop asked to be tracked. */
export type Decision = { readonly orderNumber: string; readonly findings: readonly Finding[] } & (
  | {
      readonly kind: "send";
      readonly job: OutboxJob;
      readonly context: TrackingContext;
      readonly isAnonymous: boolean;
    }
  | { readonly kind: "skip"; readonly reason: SkipReason | (string & {}) }
  /** The job, where there is one, is kept as a dead letter. */
  | {
      readonly kind: "reject";
      readonly error: AvantLinkError;
      readonly job?: OutboxJob | undefined;
      readonly context: TrackingContext;
    }
);

/** An order that is to be sent. */
export type Sendable = Extract<Decision, { kind: "send" }>;

/** Where an order's context may come from, beside the context that travelled with the order. */
export interface ContextSources {
  /** The context that the caller gave. */
  readonly given?: TrackingContext | undefined;
  /** The request that the caller gave. */
  readonly request?: ReadRequest | undefined;
  /** What stands where the context should, whatever else is right about the order. */
  readonly error?: AvantLinkError | undefined;
}

/** Decides, without touching anything, what becomes of an order. */
export function decide(given: TrackableOrder, sources: ContextSources, config: Config): Decision {
  // `session.order && toOrder(session.order)` is false or "" where there is no order.
  if (!given) return skip("no-order", "");
  const { order, mapped, unmapped, skipped } = sortOf(given);
  if (skipped) return skipForShop(skipped);
  const orderNumber = numberOf(unmapped ?? order);
  if (config.mode === "build") return skip("build", orderNumber);
  if (unmapped && unmapped.status !== "unmappable") {
    const findings = issuesOf(unmapped).map((issue): Finding => ({ code: "mapper.skipped", ...issue }));
    return { ...skip(unmapped.status, orderNumber), findings };
  }

  const { context, findings: contextFindings } = chooseContext(mapped?.context, sources);
  const denial = denialIn(context, config);
  if (denial && config.whenDenied === "skip") return skip(denial, orderNumber);
  // What this shopper chose is unknown where the context cannot be read.
  if (sources.error) return reject(sources.error, unmapped ?? order, {}, config, denial ?? "consent");
  // A sale may be reported without its shopper, if the shop chose that.
  const usable: TrackingContext = denial ? { currentUrl: pathOf(context.currentUrl) } : context;

  if (unmapped) {
    const error = new AvantLinkError("order.unmappable", { issues: issuesOf(unmapped) });
    return reject(error, { orderNumber }, usable, config);
  }
  const result = toOrderPayload(order as Order, usable, config);
  if (!result.ok) return reject(result.error, order, usable, config, denial);
  // A mapper in plain JavaScript may have no findings.
  const findings = [...(mapped?.findings ?? []), ...contextFindings, ...result.findings];
  let { payload } = result;
  if (denial) payload = anonymousPayload(payload, config.runtime.uuid());
  if (!hasTrackingId(payload)) {
    const message =
      "are empty: no click token, visitor ID or account ID is known (normal for shoppers without an affiliate link). A random visitor ID was sent instead. If every order says so, mount trackClicks(tracker) before the pages.";
    findings.push({ code: "context.no-id", path: "context.visitorIds", message });
    payload = { ...payload, tracking_ids: { ...payload.tracking_ids, visitor_id: [config.runtime.uuid()] } };
  }
  // Only a request names the browser, so the caller has read one. What a platform's order carries has no page.
  const seen = sources.request?.isBrowser ? sources.request.context : sources.given;
  if (!denial && payload.current_url === "" && seen?.userAgent && !seen.currentUrl) {
    const message =
      "is sent empty, because the path of the page is not known here. Give the request, as in contextOf(request), or the option path.";
    findings.push({ code: "context.no-page", path: "context.currentUrl", message });
  }
  const sent = payload.order.order_number;
  if (config.mode === "dry-run") return { ...skip("dry-run", sent), findings };
  const job = { ...jobFor("order", sent, JSON.stringify(payload), config), summary: orderSummary(payload) };
  return {
    kind: "send",
    orderNumber: sent,
    findings,
    job,
    context: usable,
    isAnonymous: denial !== undefined,
  };
}

/** Whether a context that says anything travelled with the order. */
export function carriesContext(given: TrackableOrder): boolean {
  return Object.keys(withoutGaps(sortOf(given).mapped?.context)).length > 0;
}

/**
 * The context that an order is sent with. A denial counts whichever source has it. A payment provider's request says
 * nothing of the shopper's browser, and nothing at all beside a context that was carried or given. A browser's request
 * completes such a context only where it has our cookies, of the same visitor: it may as well be the browser of the
 * shop's own staff.
 */
export function chooseContext(
  carried: TrackingContext | undefined,
  { given, request }: ContextSources,
): { readonly context: TrackingContext; readonly findings: readonly Finding[] } {
  const kept = { ...withoutGaps(carried), ...withoutGaps(given) };
  const hasKept = Object.keys(kept).length > 0;
  const read = request?.isBrowser ? request.context : hasKept ? undefined : nobodys(request?.context);
  const denial = deniedParts(carried, given, read);
  if (!read || (hasKept && !(request?.hasOurCookies && mayBeOneVisitor(kept, read))))
    return { context: { ...kept, ...denial }, findings: hasKept && read ? unused(read) : [] };
  const findings: Finding[] = [];
  if (kept.avad !== undefined && read.avad !== undefined && kept.avad !== read.avad) {
    const message =
      "differs between the order's own context and the request's cookies; the cookie is sent, because it is newer";
    findings.push({ code: "context.not-used", path: "context.avad", message });
  }
  return { context: { ...kept, ...read, ...denial }, findings };
}

/** What a request that is nobody's browser says: the page, the browser and the address are a server's own. */
function nobodys(context: TrackingContext | undefined): TrackingContext | undefined {
  if (!context) return undefined;
  const {
    currentUrl: _page,
    referrerUrl: _referrer,
    userAgent: _agent,
    ipAddress: _address,
    ...rest
  } = context;
  return rest;
}

/**
 * Whether two contexts may be of one browser: by their visitor IDs or, where one has none, by the browser's name. Many
 * browsers have one name, and one browser has many addresses, so the address counts only beside the order's own click:
 * an order without a click would lose the shopper's.
 */
function mayBeOneVisitor(kept: TrackingContext, read: TrackingContext): boolean {
  const ids = kept.visitorIds ?? [];
  if (ids.length > 0 && read.visitorIds?.length) return read.visitorIds.some((id) => ids.includes(id));
  const names = kept.avad === undefined ? (["userAgent"] as const) : (["userAgent", "ipAddress"] as const);
  return names.every((name) => !kept[name] || !read[name] || kept[name] === read[name]);
}

function unused(read: TrackingContext): readonly Finding[] {
  const names = Object.keys(read).filter((name) => name !== "consent" && name !== "gpc");
  if (names.length === 0) return [];
  const message = `of the request (${names.join(", ")}) was not used: the order carries its own context, and the request has none of our cookies, or comes from another browser.`;
  return [{ code: "context.not-used", path: "context", message }];
}

function skip(reason: SkipReason | (string & {}), orderNumber: string): Decision & { kind: "skip" } {
  return { kind: "skip", reason, orderNumber, findings: [] };
}

function skipForShop(given: SkippedOrder): Decision {
  return skip(skipReason(readFields(given, ["reason"]).reason), numberOf(given));
}

function reject(
  error: AvantLinkError,
  order: unknown,
  context: TrackingContext,
  config: Config,
  denial?: ReturnType<typeof denialIn>,
): Decision {
  const orderNumber = numberOf(order);
  const base = { kind: "reject", error, orderNumber, context, findings: [] } as const;
  if (config.mode === "dry-run") return base;
  const body = rejectedBody(order, context, error.issues, { ...config, isAnonymous: denial !== undefined });
  return { ...base, job: jobFor("rejected", orderNumber, body, config) };
}

/** An address without its query, in which click tokens may stand. */
function pathOf(url: unknown): string {
  return String(url ?? "").split(/[?#]/, 1)[0] ?? "";
}

function numberOf(order: unknown): string {
  return wireOrderNumber(readFields(order, ["orderNumber"]).orderNumber);
}

function jobFor(kind: OutboxJob["kind"], orderNumber: string, body: string, config: Config): OutboxJob {
  // Without a number, the same again is what has the same content.
  const key = orderKey(config.merchantId, orderNumber === "" ? `\n${body}` : orderNumber);
  return { key, kind, orderNumber, body, acceptedAt: config.runtime.now() };
}

/**
 * What an outbox keeps of an order after its body is erased. The hash is over what is billed, so that a page and a
 * webhook which know different things of the shopper count as the same order.
 */
export function orderSummary({ order }: OrderPayload): OrderSummary {
  const { currency, order_amount_subtotal: subtotal, products } = order;
  const contentHash = sha256Hex(JSON.stringify([currency, subtotal, products]));
  return { contentHash, currency, subtotal, lines: products.length };
}

const UNMAPPED: ReadonlySet<unknown> = new Set(["unpaid", "test", "renewal", "unmappable"]);

/** What kind of thing the shop gave: an order, a mapper's answer or what `skip` made. */
function sortOf(given: TrackableOrder): {
  readonly order?: Order | null | undefined;
  readonly mapped?: MappedOrder;
  readonly unmapped?: UnmappedOrder;
  readonly skipped?: SkippedOrder;
} {
  const { status } = readFields(given, ["status"]);
  if (status === "skipped") return { skipped: given as SkippedOrder };
  if (status === "mapped") return { mapped: given as MappedOrder, order: (given as MappedOrder).order };
  return UNMAPPED.has(status) ? { unmapped: given as UnmappedOrder } : { order: given as Order };
}
