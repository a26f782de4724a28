import type { Issue } from "./findings.ts";
import { describeForeign, foreignError } from "./foreign-error.ts";

/** Every code, with what happened and what to do. A test holds docs/errors.md equal to this table. */
export const ERROR_CODES = {
  "config.invalid": {
    summary: "The tracker's options are wrong.",
    help: "Correct every option that the issues name. createTracker lists all of them at once.",
  },
  "order.invalid": {
    summary: "The order cannot be sent: its number, its currency or an amount is missing or wrong.",
    help: "Correct the fields that the issues name and track the order again. Its number is still free.",
  },
  "order.unmappable": {
    summary: "The mapper could not turn the platform's order into an order for AvantLink.",
    help: "Give the mapper what the issues ask for (an expanded field, a second call) and track the order again.",
  },
  "order.static-page": {
    summary: "The order was tracked from a page that is rendered before its visitors come.",
    help: "Render the confirmation page per request (remove force-static), so that each order is tracked once, when it happens.",
  },
  "order.no-request": {
    summary: "trackOrder or contextOf was called where Next.js has no request: in after() or in a script.",
    help: "Call contextOf() in the page, the Server Action or the route handler, and give its context to trackOrder.",
  },
  "order.in-cache": {
    summary: "trackOrder or contextOf was called in a cached function, which runs once for many shoppers.",
    help: 'Call it outside of what "use cache" or unstable_cache covers: in the page itself, the Server Action or the route handler.',
  },
  "outbox.full": {
    summary: "The memory outbox is full, so the order was not stored.",
    help: "Read health(): AvantLink has been unreachable for long, or dead letters fill the outbox. Use a durable outbox.",
  },
  "outbox.unavailable": {
    summary: "The outbox cannot be read or written.",
    help: "Bring the outbox's store back (disk space, Redis, PostgreSQL). Track the order again if no delivered event follows: it may have been sent once without the outbox.",
  },
  "outbox.slow": {
    summary: "The outbox did not confirm the order in time. It goes on storing the order in the background.",
    help: "Wait for the order's accepted event. If the store is often this slow, check its disk or its connection.",
  },
  "outbox.no-transaction": {
    summary: "The outbox cannot join the transaction that was given.",
    help: "Use the PostgreSQL outbox on the shop's own database, or track the order after the transaction.",
  },
  "outbox.not-durable": {
    summary:
      "Live orders are kept in memory only: a crash or a deploy loses the orders that are not delivered yet.",
    help: "Give createTracker a durable outbox, such as sqliteOutbox({ path }) from @avantlink-s2s/outbox/sqlite.",
  },
  "outbox.unfit": {
    summary: "The outbox's store cannot take orders as it is set up.",
    help: "Change what the message names. Until then nothing is stored, and each new order is sent once without the outbox.",
  },
  "outbox.no-driver": {
    summary: "The package that the outbox needs to reach its store is not installed.",
    help: "Install the package that the message names, or use another outbox.",
  },
  "outbox.at-risk": {
    summary: "The outbox works, but its store may lose accepted orders.",
    help: "Change the setting that the message names, or update the version.",
  },
  "outbox.stalled": {
    summary: "The outbox's store does not answer. Accepted orders wait in it.",
    help: "Bring the store back (disk space, Redis, PostgreSQL). Delivery then goes on by itself.",
  },
  "outbox.other-merchant": {
    summary: "An order in the outbox belongs to another merchant, so this tracker does not send it.",
    help: "Give each merchant an outbox of its own. If your merchant ID has changed, deliver what waits under the former ID: avantlink-s2s outbox deliver --merchant FORMER_ID. If the former ID was wrong, track these orders again.",
  },
  "outbox.edge": {
    summary: "This outbox cannot run on an edge runtime, which has neither files nor database connections.",
    help: "Track orders from code that runs on Node.js. Clicks may be tracked on the edge.",
  },
  "outbox.unknown-letter": {
    summary: "The outbox holds no such dead letter.",
    help: "List the dead letters and use an ID from the list.",
  },
  "request.untrusted-proxy": {
    summary:
      "The request came from a private or proxy address, which is not the shopper's. No IP address is sent.",
    help: 'Declare the proxies in front of the shop: app.set("trust proxy", 1) on Express, trustedProxies: 1 elsewhere.',
  },
  "request.referrer-policy": {
    summary:
      "A landing is waiting for the shopper's consent, and the page's Referrer-Policy hides it from later requests.",
    help: "Send Referrer-Policy: same-origin or strict-origin-when-cross-origin, or the click is lost when the shopper consents on a later page.",
  },
  "request.cookie-twice": {
    summary:
      "A browser sent the click cookie twice with different values: another host or path of the site sets it too.",
    help: 'The last value is used. To keep subdomains from setting it, name it cookies: { names: { avad: "__Host-avad" } }.',
  },
  "context.invalid": {
    summary: "Something that is no context stands where the shopper's context belongs.",
    help: "Give what tracker.contextOf() or unpackContext() returned, or leave it out.",
  },
  "context.is-a-request": {
    summary:
      "A request stands where this tracker expects a context, so the shopper's consent could not be read.",
    help: "Make the tracker with createTracker of your framework's package (@avantlink-s2s/express, /next or /web), or give await tracker.contextOf(request).",
  },
  "tracker.closed": {
    summary: "The tracker is closed, so nothing was stored.",
    help: "Close the tracker last, after the server has stopped taking requests.",
  },
  "tracker.dry-run": {
    summary: "Nothing is sent: this is not a production deployment.",
    help: 'Set mode: "live" to send from here, or point AVANTLINK_ENDPOINT at a sandbox on this machine.',
  },
  "tracker.made-twice": {
    summary:
      "createTracker was called again for the same merchant with other options. The first options count.",
    help: "Call createTracker in one module, such as lib/tracker.ts, and import the tracker from there.",
  },
  "delivery.failed": {
    summary: "The order is not delivered yet. It will be sent again automatically.",
    help: "Act only if this lasts: health() says how long the oldest order has been waiting.",
  },
  "delivery.refused": {
    summary: "AvantLink refused the order's content. The order is kept as a dead letter.",
    help: "Read AvantLink's error_key, and its own words in the dead letter. Then correct the order and track it again, or retry the dead letter.",
  },
  "delivery.expired": {
    summary: "The order could not be delivered in the time allowed. It is kept as a dead letter.",
    help: "Retry the dead letter when AvantLink can be reached, or report the order to AvantLink as a batch sale.",
  },
  "click.lost": {
    summary: "A click could not be delivered and is given up.",
    help: "Nothing to do: orders carry the click token themselves.",
  },
  "hook.threw": {
    summary: "A function of the shop's threw an error, rejected or did not answer.",
    help: "Correct the function. The page was not affected.",
  },
  unexpected: {
    summary: "An internal error of avantlink-s2s.",
    help: "Report it with its message, its stack and the versions in use.",
  },
} as const satisfies Record<string, { summary: string; help: string }>;

/** The closed list of codes. */
export type ErrorCode = keyof typeof ERROR_CODES;

// A registered symbol, so that copies of this module (ESM beside CommonJS) know each other's errors.
const BRAND = Symbol.for("avantlink-s2s.error");

/** The only class of error of this package: in receipts and events, and thrown by `createTracker` and `start`. */
export class AvantLinkError extends Error {
  /** An error of another copy of this module is one as well. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === "object" && value !== null && Reflect.get(value, BRAND) === true;
  }

  override readonly name = "AvantLinkError";
  /** What happened; docs/errors.md has a section for each. */
  readonly code: ErrorCode;
  /** What to do about it, in a sentence. */
  readonly help: string;
  /** The fields that are wrong; empty where the error is not about fields. */
  readonly issues: readonly Issue[];

  /** `cause` may be anything that was thrown: the error keeps a cleaned copy of it. */
  constructor(
    code: ErrorCode,
    details: { detail?: string | undefined; issues?: readonly Issue[]; cause?: unknown } = {},
  ) {
    const { summary, help } = ERROR_CODES[code];
    const issues = details.issues ?? [];
    const named = issues.map(({ path, message }) => `\n  ${path}: ${message}`).join("");
    const detail = details.detail ? ` ${details.detail}` : "";
    super(`${summary}${detail}${named}`, causeOf(details.cause));
    Object.defineProperty(this, BRAND, { value: true });
    this.code = code;
    this.help = help;
    this.issues = issues;
  }
}

/** An engine's or a shop's own error object is never handed on: see {@link foreignError}. */
function causeOf(cause: unknown): ErrorOptions | undefined {
  if (cause === undefined) return undefined;
  return { cause: cause instanceof AvantLinkError ? cause : foreignError(cause) };
}

/** Why an outbox failed: in its own words where it has some. */
export function outboxError(cause: unknown): AvantLinkError {
  if (cause instanceof AvantLinkError) return cause;
  return new AvantLinkError("outbox.unavailable", { detail: `${describeForeign(cause)}.`, cause });
}

/** Something failed that no code provides for. */
export function unexpectedError(cause: unknown): AvantLinkError {
  if (cause instanceof AvantLinkError) return cause;
  return new AvantLinkError("unexpected", { detail: `${describeForeign(cause)}.`, cause });
}
