import type { TrackingContext } from "../context/context.ts";
import { AvantLinkError } from "../errors.ts";
import type { Finding } from "../findings.ts";
import type { Config } from "../options/config.ts";
import type { MapperResult } from "../order/mapper-result.ts";
import type { Order } from "../order/order.ts";
import { orderKey, wireOrderNumber } from "../order/order-key.ts";
import { hasTrackingId, toOrderPayload } from "../order/payload.ts";
import { rejectedBody } from "../order/rejected-order.ts";
import type { OutboxJob } from "../outbox/outbox.ts";
import type { SkipReason } from "../reporting/events.ts";
import type { TrackableOrder } from "./tracker.ts";

/** What is to be done with something that the shop asked to be tracked. */
export type Intake = {
  readonly orderNumber: string;
  readonly findings: readonly Finding[];
} & (
  | { readonly what: "send"; readonly job: OutboxJob }
  | { readonly what: "skip"; readonly reason: SkipReason }
  /** The job, where there is one, is kept as a dead letter. */
  | { readonly what: "reject"; readonly error: AvantLinkError; readonly job?: OutboxJob | undefined }
);

/** Decides, without touching anything, what becomes of an order. */
export function takeIn(
  given: TrackableOrder,
  givenContext: TrackingContext | undefined,
  config: Config,
): Intake {
  if (given === null || given === undefined) return skip("no-order", "");
  const mapped = isMapped(given) ? given : undefined;
  const order = mapped?.status === "mapped" ? mapped.order : mapped ? undefined : (given as Order);
  const orderNumber = wireOrderNumber(
    mapped && mapped.status !== "mapped" ? mapped.orderNumber : order?.orderNumber,
  );
  if (config.mode === "build") return skip("build", orderNumber);
  if (mapped && mapped.status !== "mapped" && mapped.status !== "unmappable") {
    return skip(mapped.status, orderNumber);
  }

  const context = givenContext ?? (mapped?.status === "mapped" ? mapped.context : undefined) ?? {};
  const refusal = consentRefusal(context, config);
  if (refusal) return skip(refusal, orderNumber);

  const found = mapped?.status === "mapped" ? mapped.findings : [];
  if (mapped?.status === "unmappable") {
    const error = new AvantLinkError("order.unmappable", { issues: mapped.issues });
    return reject(error, { orderNumber }, context, orderNumber, config);
  }
  const result = toOrderPayload(order as Order, context, config);
  if (!result.ok) return reject(result.error, order, context, orderNumber, config);
  const findings = [...found, ...result.findings];
  let { payload } = result;
  if (!hasTrackingId(payload)) {
    findings.push({
      code: "context.no-id",
      path: "context.visitorIds",
      message:
        "hold nobody: no click token, visitor or account is known, as of most shoppers who came by no affiliate; a fresh ID is sent, since AvantLink refuses an order without any. If all orders say so, mount trackClicks before the pages",
    });
    payload = { ...payload, tracking_ids: { ...payload.tracking_ids, visitor_id: [config.runtime.uuid()] } };
  }
  if (config.mode === "dry-run")
    return { what: "skip", reason: "dry-run", orderNumber: payload.order.order_number, findings };
  const job = jobFor("order", payload.order.order_number, JSON.stringify(payload), config);
  return { what: "send", orderNumber: payload.order.order_number, findings, job };
}

/** What becomes of an order that an adapter cannot let through, whatever else is right about it. */
export function turnAway(given: TrackableOrder, error: AvantLinkError, config: Config): Intake {
  const mapped = given && isMapped(given) ? given : undefined;
  const order = mapped?.status === "mapped" ? mapped.order : given;
  if (order === null || order === undefined) return skip("no-order", "");
  const orderNumber = wireOrderNumber(Reflect.get(Object(order), "orderNumber"));
  return config.mode === "build" ? skip("build", orderNumber) : reject(error, order, {}, orderNumber, config);
}

/** Why a context forbids tracking, if it does. */
export function consentRefusal(
  context: TrackingContext,
  config: Pick<Config, "globalPrivacyControl">,
): "consent" | "privacy-signal" | undefined {
  if (context.consent === "denied") return "consent";
  return context.gpc === true && config.globalPrivacyControl === "honor" ? "privacy-signal" : undefined;
}

function skip(reason: SkipReason, orderNumber: string): Intake {
  return { what: "skip", reason, orderNumber, findings: [] };
}

function reject(
  error: AvantLinkError,
  order: unknown,
  context: TrackingContext,
  orderNumber: string,
  config: Config,
): Intake {
  const base = { what: "reject", error, orderNumber, findings: [] } as const;
  if (config.mode === "dry-run") return base;
  return {
    ...base,
    job: jobFor("rejected", orderNumber, rejectedBody(order, context, error.issues, config), config),
  };
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

const MAPPER_STATUSES: ReadonlySet<string> = new Set(["mapped", "unpaid", "test", "renewal", "unmappable"]);

function isMapped(given: Order | MapperResult): given is MapperResult {
  return (
    typeof given === "object" &&
    "status" in given &&
    typeof given.status === "string" &&
    MAPPER_STATUSES.has(given.status)
  );
}
