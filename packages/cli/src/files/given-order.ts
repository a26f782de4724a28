import {
  type Order,
  type OrderPayloadResult,
  type TrackingContext,
  unpackContext,
} from "@avantlink-s2s/core";
import type { Problem } from "../terminal/problems.ts";
import { fieldsOf } from "./read-file.ts";

/** An order as a file holds it, still unchecked, with the shopper's context if the file has one. */
export interface GivenOrder {
  readonly order: Order;
  readonly context: TrackingContext | undefined;
}

/**
 * Reads the two shapes that an order is written down in: the order with a `context` among its fields, or
 * `{ order, context }`. The context is plain or as `packContext` wrote it.
 */
export function givenOrder(value: unknown): GivenOrder {
  const fields = fieldsOf(value);
  const nested = "order" in fields;
  const { context, ...own } = fields;
  // The mapper checks every field itself, whatever the file held.
  const order = (nested ? fields.order : Object.keys(fields).length > 0 ? own : value) as Order;
  return { order, context: context === undefined ? undefined : contextIn(context) };
}

function contextIn(value: unknown): TrackingContext {
  const fields = fieldsOf(value);
  return Object.keys(fields).some((key) => key.startsWith("avantlink_")) ? unpackContext(fields) : fields;
}

/** What the mapper finds in an order: errors if it can't be sent, otherwise warnings. */
export function problemsOf(mapped: OrderPayloadResult): readonly Problem[] {
  const [severity, found] = mapped.ok
    ? (["warning", mapped.findings] as const)
    : (["error", mapped.error.issues.map((issue) => ({ ...issue, code: mapped.error.code }))] as const);
  return found.map(({ code, path, message }) => ({ severity, field: path, rule: code, message }));
}
