export { type PayloadOptions, toClickPayload } from "./click-payload.ts";
export type { TrackingContext } from "./context.ts";
export { packContext, unpackContext } from "./context-carriage.ts";
export { AvantLinkError, type ErrorCode } from "./errors.ts";
export type { TrackingEvent } from "./events.ts";
export type { Finding, FindingCode, Issue } from "./finding.ts";
export type { IpAddressMode } from "./ip-address.ts";
export type { MappedOrder, MappedOrderOk, MappedOrderRefused } from "./mapped-order.ts";
export { type MemoryOutboxOptions, memoryOutbox } from "./memory-outbox.ts";
export type { CookieOptions, RetryOptions, TrackerOptions } from "./options.ts";
export type { Customer, Money, Order, OrderLine } from "./order.ts";
export { type OrderPayloadResult, toOrderPayload } from "./order-payload.ts";
export type * from "./outbox.ts";
export type { ClickPayload, OrderPayload, ProductPayload } from "./payload.ts";
export type { Accepted, Delivered, Duplicate, Receipt, Rejected, Skipped, SkipReason } from "./receipt.ts";
export type { Runtime } from "./runtime.ts";
export type { ConsentRequest } from "./shop-request.ts";
export type {
  Health,
  TimeoutOptions,
  TrackableOrder,
  Tracker,
  TrackOrderOptions,
  WaitOptions,
} from "./tracker-types.ts";
