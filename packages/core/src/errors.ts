import type { Issue } from "./findings.ts";
import { describeForeign, foreignError } from "./foreign-error.ts";

/** Every code, with what happened and what to do. A test holds docs/errors.md equal to this table. */
export const ERROR_CODES = {
  "config.invalid": {
    summary: "The tracker's options are wrong.",
    help: "Correct each option that the issues name. The error names all wrong options at once.",
  },
  "order.invalid": {
    summary: "The order cannot be sent: its number, its currency or an amount is missing or wrong.",
    help: "Correct the fields that the issues name, then track the order again under the same number.",
  },
  "order.unmappable": {
    summary: "The mapper could not turn the platform's order into an order for AvantLink.",
    help: "Give the mapper what the issues name (an expanded field, the answer of a second call), then track the order again.",
  },
  "order.static-page": {
    summary: "The order was tracked on a page that is rendered once, ahead of time, for all shoppers.",
    help: "Render the confirmation page for each request (in Next.js, remove force-static).",
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
    help: "Use a durable outbox. The memory outbox fills up while AvantLink is unreachable, or with dead letters: health() has the numbers.",
  },
  "outbox.unavailable": {
    summary: "The outbox cannot be read or written.",
    help: "Restore the outbox's store (disk space, Redis, PostgreSQL). The order may have been sent once without the outbox: if no delivered event follows, track the order again.",
  },
  "outbox.slow": {
    summary:
      "The outbox did not confirm the order in time. The order is still being stored in the background.",
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
    summary: "The outbox's store cannot keep orders with its present settings.",
    help: "Change the setting that the message names. Until then nothing is stored, and each new order is sent once without the outbox.",
  },
  "outbox.no-driver": {
    summary: "The package that the outbox needs to reach its store is not installed.",
    help: "Install the package that the message names, or use another outbox.",
  },
  "outbox.at-risk": {
    summary: "The outbox works, but its store may lose accepted orders.",
    help: "Do what the message says: change the setting, or install the newer version.",
  },
  "outbox.no-thread": {
    summary: "SQLite cannot have a thread of its own here, so pages wait for the disk.",
    help: "Run Node.js 22.13 or newer, and under --permission add --allow-worker.",
  },
  "outbox.stalled": {
    summary: "The outbox's store does not answer. Accepted orders wait in it.",
    help: "Restore the store (disk space, Redis, PostgreSQL). Delivery then goes on by itself.",
  },
  "outbox.other-merchant": {
    summary: "An order in the outbox belongs to another merchant, so this tracker does not send it.",
    help: "Give each merchant an outbox of its own. If your merchant ID has changed, deliver what waits under the former ID: avantlink-s2s outbox deliver --merchant FORMER_ID --for 10m. If the former ID was wrong, track these orders again.",
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
    help: "Send Referrer-Policy: same-origin or strict-origin-when-cross-origin. Otherwise the click is lost, even if the shopper consents before leaving the landing page.",
  },
  "request.cookie-twice": {
    summary:
      "A browser sent the click cookie twice with different values: another host or path of the site sets it too.",
    help: 'The last value is used. To keep subdomains from setting the cookie, rename it: cookies: { names: { avad: "__Host-avad" } }.',
  },
  "context.invalid": {
    summary: "The value that was given as the shopper's context is not a context.",
    help: "Give the result of tracker.contextOf() or unpackContext(), or leave the argument out.",
  },
  "context.is-a-request": {
    summary: "This tracker got a request but expects a context, so the shopper's consent could not be read.",
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
    summary:
      "The order could not be delivered in time: within retry.maxAgeMs, seven days by default. It is kept as a dead letter.",
    help: "Retry the dead letter when AvantLink can be reached, or report the order in a batch file of sales (avantlink-s2s outbox export).",
  },
  "click.lost": {
    summary: "A click could not be delivered and is not sent again.",
    help: "You need not do anything: the shopper's order carries the click token too.",
  },
  "hook.threw": {
    summary:
      "One of your functions (consent, resolveOrder, onEvent) threw an error, rejected or did not answer.",
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
