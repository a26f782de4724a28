import { denialIn } from "../context/consent.ts";
import type { TrackingContext } from "../context/context.ts";
import { AvantLinkError } from "../errors.ts";
import type { Finding } from "../findings.ts";
import type { Config } from "../options/config.ts";
import { anonymousPayload } from "../order/anonymous.ts";
import { type MapperResult, type SkippedOrder, skipReason } from "../order/mapper-result.ts";
import type { Order } from "../order/order.ts";
import { orderKey, wireOrderNumber } from "../order/order-key.ts";
import { orderSummary } from "../order/order-summary.ts";
import { hasTrackingId, toOrderPayload } from "../order/payload.ts";
import { rejectedBody } from "../order/rejected-order.ts";
import type { OutboxJob } from "../outbox/outbox.ts";
import { publicWords } from "../privacy/personal-data.ts";
import type { SkipReason } from "../reporting/skip-reasons.ts";
import { readFields } from "../untrusted-value.ts";
import { type ContextSources, chooseContext, isKept } from "./choose-context.ts";
import type { TrackableOrder } from "./tracker.ts";

/** What is to be done with something that the shop asked to be tracked. */
export type Decision = { readonly orderNumber: string; readonly findings: readonly Finding[] } & (
  | { readonly kind: "send"; readonly job: OutboxJob; readonly context: TrackingContext }
  | { readonly kind: "skip"; readonly reason: SkipReason | (string & {}) }
  /** The job, where there is one, is kept as a dead letter. */
  | { readonly kind: "reject"; readonly error: AvantLinkError; readonly job?: OutboxJob | undefined }
);

/** An order that is to be sent. */
export type Sendable = Extract<Decision, { kind: "send" }>;

/** Decides, without touching anything, what becomes of an order. */
export function decide(given: TrackableOrder, sources: ContextSources, config: Config): Decision {
  if (given === null || given === undefined) return skip("no-order", "");
  if (isSkipped(given)) return skipForShop(given);
  const mapped = isMapped(given) ? given : undefined;
  const order = mapped?.status === "mapped" ? mapped.order : mapped ? undefined : (given as Order);
  const orderNumber = numberOf(mapped && mapped.status !== "mapped" ? mapped : order);
  if (config.mode === "build") return skip("build", orderNumber);
  if (mapped && mapped.status !== "mapped" && mapped.status !== "unmappable") {
    return skip(mapped.status, orderNumber);
  }

  const { context, findings: contextFindings } = chooseContext({
    ...sources,
    carried: carriedContext(given),
  });
  const denial = denialIn(context, config);
  if (denial && config.whenDenied === "skip") return skip(denial, orderNumber);
  // A sale may be reported without its shopper, if the shop chose that.
  const usable: TrackingContext = denial ? { currentUrl: context.currentUrl } : context;

  if (mapped?.status === "unmappable") {
    // A shop's own mapper may have quoted what it could not read.
    const issues = (mapped.issues ?? []).map(({ path, message }) => ({
      path: publicWords(path),
      message: publicWords(message),
    }));
    const error = new AvantLinkError("order.unmappable", { issues });
    return reject(error, { orderNumber }, usable, config);
  }
  const result = toOrderPayload(order as Order, usable, config);
  if (!result.ok) return reject(result.error, order, usable, config);
  const findings = [
    // A mapper in plain JavaScript may have none.
    ...(mapped?.status === "mapped" ? (mapped.findings ?? []) : []),
    ...contextFindings,
    ...result.findings,
  ];
  let { payload } = result;
  if (denial) payload = anonymousPayload(payload, config.runtime.uuid());
  if (!hasTrackingId(payload)) {
    findings.push({
      code: "context.no-id",
      path: "context.visitorIds",
      message:
        "No click token, visitor ID or account ID (normal for shoppers without an affiliate link). A random visitor ID was sent instead. If every order says so, mount trackClicks(tracker) before the pages.",
    });
    payload = { ...payload, tracking_ids: { ...payload.tracking_ids, visitor_id: [config.runtime.uuid()] } };
  }
  const sent = payload.order.order_number;
  if (config.mode === "dry-run") return { ...skip("dry-run", sent), findings };
  const job = jobFor("order", sent, JSON.stringify(payload), config);
  return {
    kind: "send",
    orderNumber: sent,
    findings,
    job: { ...job, summary: orderSummary(payload) },
    context: usable,
  };
}

/** What becomes of an order that an adapter cannot let through, whatever else is right about it. */
export function rejectFor(error: AvantLinkError, given: TrackableOrder, config: Config): Decision {
  if (given && isSkipped(given)) return skipForShop(given);
  const order = given && isMapped(given) && given.status === "mapped" ? given.order : given;
  if (order === null || order === undefined) return skip("no-order", "");
  return config.mode === "build" ? skip("build", numberOf(order)) : reject(error, order, {}, config);
}

/** The context that travelled with the order, if any did. An empty one is none. */
export function carriedContext(given: TrackableOrder): TrackingContext | undefined {
  const context = given && isMapped(given) && given.status === "mapped" ? given.context : undefined;
  return context && isKept(context) ? context : undefined;
}

function skip(reason: SkipReason | (string & {}), orderNumber: string): Decision & { kind: "skip" } {
  return { kind: "skip", reason, orderNumber, findings: [] };
}

function reject(error: AvantLinkError, order: unknown, context: TrackingContext, config: Config): Decision {
  const orderNumber = numberOf(order);
  const base = { kind: "reject", error, orderNumber, findings: [] } as const;
  if (config.mode === "dry-run") return base;
  const body = rejectedBody(order, context, error.issues, config);
  return { ...base, job: jobFor("rejected", orderNumber, body, config) };
}

function numberOf(order: unknown): string {
  return wireOrderNumber(readFields(order, ["orderNumber"]).orderNumber);
}

function jobFor(kind: OutboxJob["kind"], orderNumber: string, body: string, config: Config): OutboxJob {
  // Without a number, the same again is what has the same content.
  const identity = orderNumber === "" ? `\n${body}` : orderNumber;
  return {
    key: orderKey(config.merchantId, identity),
    kind,
    orderNumber,
    body,
    acceptedAt: config.runtime.now(),
  };
}

const MAPPER_STATUSES: ReadonlySet<unknown> = new Set(["mapped", "unpaid", "test", "renewal", "unmappable"]);

function skipForShop(given: SkippedOrder): Decision {
  return skip(skipReason(readFields(given, ["reason"]).reason), numberOf(given));
}

function isSkipped(given: NonNullable<TrackableOrder>): given is SkippedOrder {
  return readFields(given, ["status"]).status === "skipped";
}

function isMapped(given: Order | MapperResult | SkippedOrder): given is MapperResult {
  return MAPPER_STATUSES.has(readFields(given, ["status"]).status);
}
