import { AvantLinkError, type Outbox } from "@avantlink-s2s/core";

// A shop's one module with its tracker is imported by its edge middleware too. So nothing fails on import: clicks
// go out from there as ever, and only what would need the store says that it cannot be reached.
function unreachable(name: string): Outbox {
  const refuse = async (): Promise<never> => {
    throw new AvantLinkError("outbox.edge", { detail: `It is the ${name} outbox.` });
  };
  return {
    name,
    durable: true,
    open: refuse,
    put: refuse,
    run: refuse,
    deliverDue: refuse,
    find: refuse,
    waiting: { list: refuse },
    settled: { list: refuse },
    forget: refuse,
    totals: refuse,
    dead: { list: refuse, retry: refuse, remove: refuse },
    async close() {},
  };
}

/** On the edge runtime there are no files: orders are tracked from Node.js. */
export const sqliteOutbox = (_options: unknown): Outbox => unreachable("sqlite");

/** On the edge runtime there is no connection to Redis: orders are tracked from Node.js. */
export const bullmqOutbox = (_options: unknown): Outbox => unreachable("bullmq");
