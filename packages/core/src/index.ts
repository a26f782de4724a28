export type { TrackingContext } from "./context.ts";
export type { Finding, FindingCode, Issue } from "./finding.ts";
export type { MappedOrder, MappedOrderOk, MappedOrderRefused } from "./mapped-order.ts";
export type { Customer, Money, Order, OrderLine } from "./order.ts";
