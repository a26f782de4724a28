export type { PayloadOptions } from "./context/clean-context.ts";
export type { TrackingContext } from "./context/context.ts";
export type { IpAddressMode } from "./context/ip-address.ts";
export { packContext, unpackContext } from "./context/pack-context.ts";
export type { ConsentRequest } from "./context/request.ts";
export { AvantLinkError, type ErrorCode } from "./errors.ts";
export type { Finding, FindingCode, Issue } from "./findings.ts";
export type { Money } from "./money/amount.ts";
export type { CookieOptions, RetryOptions, TrackerOptions } from "./options/options.ts";
export {
  type MappedOrder,
  type MapperResult,
  type SkippedOrder,
  skip,
  type UnmappedOrder,
} from "./order/mapper-result.ts";
export type { Customer, Order, OrderLine } from "./order/order.ts";
export {
  type ClickPayload,
  type OrderPayload,
  type OrderPayloadResult,
  type ProductPayload,
  toClickPayload,
  toOrderPayload,
} from "./order/payload.ts";
export { type MemoryOutboxOptions, memoryOutbox } from "./outbox/memory-outbox.ts";
export * from "./outbox/outbox.ts";
export type { TrackingEvent } from "./reporting/events.ts";
export type { SkipReason } from "./reporting/skip-reasons.ts";
export type { Runtime } from "./runtime.ts";
export type {
  Accepted,
  Delivered,
  Duplicate,
  Receipt,
  Rejected,
  Skipped,
} from "./tracker/receipt.ts";
export type {
  DeliverDueReport,
  ForgetReport,
  Health,
  TimeoutOptions,
  TrackableOrder,
  Tracker,
  TrackOrderOptions,
  WaitOptions,
} from "./tracker/tracker.ts";
