import { type OrderSummary, toOrderPayload } from "@avantlink-s2s/core";
import { wireOrderNumber } from "@avantlink-s2s/core/adapter";
import { type GivenOrder, problemsOf } from "../files/given-order.ts";
import { fieldsOf } from "../files/read-file.ts";
import type { Problem } from "../terminal/problems.ts";
import { isDenied } from "./consent.ts";

/** An amount in major units. */
export type Amount = Pick<OrderSummary, "currency" | "subtotal">;

/** What a file has in one place: an order, or why there is none that can be sent. */
export type FileEntry = SendableEntry | DeniedEntry | UnpaidEntry | FaultyEntry;

interface Entry {
  readonly line: number;
  /** As AvantLink gets it; `""` where the file has none that can be read. */
  readonly orderNumber: string;
  readonly problems: readonly Problem[];
}

/** An order that can be sent, with warnings as its problems. */
export interface SendableEntry extends Entry, GivenOrder {
  readonly kind: "order";
  readonly amount: Amount;
}

/** An order whose shopper denied consent. A tracker may have sent it without its shopper. */
export interface DeniedEntry extends Entry {
  readonly kind: "denied";
  readonly amount: Amount;
}

/** A platform's export says that the order is not paid. */
export interface UnpaidEntry extends Entry {
  readonly kind: "unpaid";
  /** Set where a platform's export says that the order was refunded or canceled. */
  readonly isReturned?: boolean;
}

/** An order that can't be sent. */
export interface FaultyEntry extends Entry {
  readonly kind: "faulty";
  /** Set where the rest of the file can't be read. */
  readonly last?: true;
}

/** The entry of an order as it is written down. */
export function entryOf(line: number, { order, context }: GivenOrder): FileEntry {
  const mapped = toOrderPayload(order, context);
  const base = {
    line,
    orderNumber: wireOrderNumber(fieldsOf(order).orderNumber),
    problems: problemsOf(mapped).map(withoutValue),
  };
  if (!mapped.ok) return { ...base, kind: "faulty" };
  const { currency, order_amount_subtotal: subtotal } = mapped.payload.order;
  const amount = { currency, subtotal };
  return isDenied(context)
    ? { ...base, kind: "denied", amount }
    : { ...base, kind: "order", order, context, amount };
}

/** A column may hold something else than its title says, such as a phone number, which no log may have. */
function withoutValue(problem: Problem): Problem {
  return { ...problem, message: problem.message.replace(/^is (?:"[^"]*"|[-\d][^;]*);/, "is not valid;") };
}

/** An order that can't be read. `field` is a column or a field; `message` never contains a value of the file. */
export function faultyEntry(
  line: number,
  field: string,
  message: string,
  orderNumber?: unknown,
): FaultyEntry {
  const problem = { severity: "error", field, rule: "file", message } as const;
  return { kind: "faulty", line, orderNumber: wireOrderNumber(orderNumber), problems: [problem] };
}
