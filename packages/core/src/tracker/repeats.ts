import type { Finding } from "../findings.ts";
import type { JobState } from "../outbox/outbox.ts";
import { RecentKeys } from "../recent-keys.ts";
import type { Sendable } from "./decide.ts";

const MAX_REMEMBERED = 10_000;

/** What the outbox says of the order that came first with this number. */
export interface FirstOrder {
  readonly state: JobState;
  readonly contentHash?: string | undefined;
}

/** Finds what is wrong about an order that comes again, or comes under another form of its number. */
export interface Repeats {
  /** An order was accepted. */
  accepted(order: Sendable): readonly Finding[];
  /** An order's number was accepted before. */
  findings(order: Sendable, first: FirstOrder): readonly Finding[];
}

/** Remembers the orders that this process accepted lately. What other processes accepted is not known here. */
export function createRepeats(): Repeats {
  const withoutClick = new RecentKeys(MAX_REMEMBERED);
  const numbers = new RecentKeys<string>(MAX_REMEMBERED);

  return {
    accepted({ job, context, orderNumber }) {
      if (context.avad === undefined) withoutClick.set(job.key, true);
      const bare = orderNumber.replace(/^[#\s]+/, "");
      const other = numbers.get(bare);
      numbers.set(bare, orderNumber);
      if (other === undefined || other === orderNumber) return [];
      const message =
        "is known to this process in another form, with or without #. Two forms are two orders: give the same form everywhere.";
      return [{ code: "order.number-form", path: "orderNumber", message }];
    },
    findings({ job, context }, { contentHash }) {
      const findings: Finding[] = [];
      if (contentHash !== undefined && contentHash !== job.summary?.contentHash) {
        const message =
          "was accepted before with other lines or another amount, and only the first order counts. Where numbers repeat (each year, or in two shops of one merchant), put a prefix before them.";
        findings.push({ code: "order.number-reused", path: "orderNumber", message });
      }
      if (context.avad !== undefined && withoutClick.has(job.key)) {
        const message =
          "arrived after the order had been accepted without it, and is not sent. Give the first call the shopper's context: packContext at checkout, unpackContext in the webhook.";
        findings.push({ code: "context.too-late", path: "context.avad", message });
      }
      return findings;
    },
  };
}
