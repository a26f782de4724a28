/** Why an order or a click is not sent on purpose, each with its sentence for people. */
export const SKIP_REASONS = {
  consent: "The shopper did not consent.",
  "privacy-signal": "The shopper's browser sends Global Privacy Control.",
  "dry-run": "This is a dry run.",
  "no-order":
    "There is none: resolveOrder returned nothing, or trackOrder was given nothing. If there was an order, hand it over before the page deletes it.",
  "not-confirmed": "The page was not answered with 2xx or 304, so it confirms no order.",
  method: "The request is neither GET nor POST, so its page confirms no order.",
  head: "A HEAD request shows no page, so it confirms no order.",
  unpaid: "The order is not paid.",
  test: "The platform marks it as a test.",
  renewal: "It is the renewal of a subscription.",
  "not-a-visit": "The request is no visit of a page by a shopper.",
  crawler: "The request comes from a crawler or a link preview.",
  "token-too-long": "The click's token is longer than any of AvantLink's.",
  build: "The framework renders pages before there is a shopper.",
} as const satisfies Record<string, string>;

/** Why an order or a click was not sent, and is not meant to be. */
export type SkipReason = keyof typeof SKIP_REASONS;
