import type { Endpoint } from "./contract.ts";
import type { Fault } from "./faults.ts";

/** How grave a finding is: money or privacy is lost · probably a mistake · works, yet not as the article has it. */
export type Severity = "error" | "warning" | "info";

/** Something about a request that differs from AvantLink's articles, or that loses or leaks. */
export interface Finding {
  /** How grave it is. */
  readonly severity: Severity;
  /** Where it is: `order.products[1].quantity`, `headers.cookie` or `merchant_id`. */
  readonly path: string;
  /** What is wrong, and what to do about it. */
  readonly message: string;
}

/** A request that the sandbox took, as AvantLink would have. One for every request, repeats included. */
export interface TrackingRecord {
  /** The record's own name, unique within this sandbox: `order-1`, `click-1`. */
  readonly id: string;
  /** The name of the request that brought it, in `requests`. */
  readonly request: string;
  /** When the request was read, ISO 8601. */
  readonly receivedAt: string;
  /** The `{merchant_id}` of the address, percent-decoded. */
  readonly merchantId: string;
  /** The parsed body. */
  readonly body: unknown;
  /** The body exactly as it was received. */
  readonly raw: string;
  /** The request's headers, names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** What is wrong with it; the request was taken nevertheless. */
  readonly findings: readonly Finding[];
  /** Whether the caller was answered `{"success": true}`; `false` while it waits, and for ever if that answer was lost. */
  readonly answered: boolean;
}

/** A click that the sandbox took. */
export interface ClickRecord extends TrackingRecord {}

/** An order that the sandbox took. */
export interface OrderRecord extends TrackingRecord {
  /** The `id` of the first order with the same merchant and `order_number`, when this is a repeat. */
  readonly repeatOf?: string;
  /** The `id` of the click that it is attributed to: the newest before it that shares its token, or else an ID. */
  readonly click?: string;
  /** What order and click share. */
  readonly attributedBy?: "avantlink_avad" | "visitor_id" | "user_id";
}

/** A request that reached an endpoint or was meant to, whatever became of it. */
export interface ReceivedRequest {
  /** The request's own name, unique within this sandbox: `request-1`. */
  readonly id: string;
  /** When its head arrived, ISO 8601. */
  readonly receivedAt: string;
  /** Which call it is; `event` for an event of the shop's tracker, `unknown` when the address is none of these. */
  readonly endpoint: Endpoint | "event" | "unknown";
  /** The HTTP method. */
  readonly method: string;
  /** The path and query as sent. */
  readonly path: string;
  /** The `{merchant_id}` of the address, percent-decoded; empty when the address is neither endpoint's. */
  readonly merchantId: string;
  /** The headers as sent: their case, their order, their repeats. */
  readonly rawHeaders: readonly (readonly [name: string, value: string])[];
  /** The body as received; empty when it was not read. */
  readonly raw: string;
  /** `open` until it is answered, `answered`, or `lost` when the connection ended without an answer. */
  readonly state: "open" | "answered" | "lost";
  /** The HTTP status that was answered, once it was. */
  readonly status?: number;
  /** Why the sandbox refused it, when it did. */
  readonly refused?: string;
  /** What is wrong with a call that was refused for carrying no ID. What was taken has its findings in its record. */
  readonly findings?: readonly Finding[];
  /** The fault that it met, when it met one. */
  readonly fault?: Fault;
  /** The `id` of the order or click that was taken from it, when one was. */
  readonly record?: string;
}
