/** Why an order or a click is not sent on purpose, each with its sentence for people. */
export const SKIP_REASONS = {
  consent: "The shopper did not consent.",
  "privacy-signal": "The shopper's browser sends Global Privacy Control.",
  "dry-run": "This is a dry run.",
  "no-order":
    "No order was given: resolveOrder returned nothing, or trackOrder got nothing. If there was an order, return it before the page deletes it.",
  "not-confirmed": "The page was not answered with 2xx or 304, so it confirms no order.",
  method: "The request is neither GET nor POST, so its page confirms no order.",
  head: "A HEAD request shows no page, so it confirms no order.",
  unpaid: "The order is not paid.",
  test: "The platform marks the order as a test.",
  renewal: "The order renews a subscription.",
  "not-a-visit":
    "The request is not a shopper's visit of a page, but a script's fetch or a prefetch, for example.",
  crawler: "The request comes from a crawler or a link preview.",
  "token-too-long": "The click token is longer than any that AvantLink gives.",
  build: "The framework is rendering pages at build time, when there is no shopper.",
} as const satisfies Record<string, string>;

/** Why an order or a click was not sent, and is not meant to be. */
export type SkipReason = keyof typeof SKIP_REASONS;
