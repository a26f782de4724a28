import type { AvantLinkError } from "../errors.ts";
import type { Finding } from "../findings.ts";
import type { JobState } from "../outbox/outbox.ts";
import type { SkipReason } from "./skip-reasons.ts";

/**
 * What `onEvent` receives. Closed: every `type` is listed here. An event holds no body, no e-mail address and none of
 * AvantLink's own words; of an order's content it holds only the value that is wrong, such as an amount.
 */
export type TrackingEvent =
  /** An order is stored and will be delivered; a click is on its way. */
  | Found<"accepted">
  /** AvantLink confirmed it. */
  | (About<"delivered"> & {
      /** Counted attempts, the successful one included: 1 for an order that was delivered at the first try. */
      readonly attempts: number;
      /** How long after acceptance, in milliseconds. */
      readonly afterMs: number;
    })
  /** The order number was accepted before; nothing is sent again. `state`: where the first one stands. */
  | (Found<"duplicate"> & { readonly state: JobState })
  /** Not sent, on purpose. */
  | (Found<"skipped"> & {
      /** A reason of ours, or the text that the shop gave to `skip(reason)`. */
      readonly reason: SkipReason | (string & {});
      /** The status of the answer, where the reason is `not-confirmed`, `method` or `head`. */
      readonly status?: number | undefined;
    })
  /** Not accepted, because something is wrong with it; an order is kept as a dead letter. */
  | (Found<"rejected"> & { readonly error: AvantLinkError })
  /** Nothing was kept: the outbox did not take the order in time or at all. The order must be tracked again. */
  | (Found<"not-stored"> & { readonly error: AvantLinkError })
  /** An attempt failed; there will be another. */
  | (About<"retrying"> & {
      readonly error: AvantLinkError;
      /** Counted attempts so far, this one included; an attempt that AvantLink asks to wait after does not count. */
      readonly attempts: number;
      /** When, in milliseconds since 1970. */
      readonly retryAt: number;
    })
  /** Given up: a dead letter. `attempts`: counted attempts, the last one included. */
  | (About<"dead"> & { readonly error: AvantLinkError; readonly attempts: number })
  /** Something beside one order went wrong: the outbox, a function of the shop's, the setup. */
  | { readonly type: "problem"; readonly error: AvantLinkError };

interface About<Type extends string> {
  readonly type: Type;
  readonly kind: "order" | "click";
  /** The order's number; `""` for a click. */
  readonly orderNumber: string;
}

interface Found<Type extends string> extends About<Type> {
  /** What is probably wrong with the order. */
  readonly findings: readonly Finding[];
}
