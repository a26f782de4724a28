import { createTracker, type Receipt, type Tracker, type TrackingEvent } from "@avantlink-s2s/express";
import { postgresOutbox } from "@avantlink-s2s/outbox/postgres";
import { openDatabase } from "./database.ts";
import { type Level, log } from "./log.ts";

/** A process's tracker. */
export interface OpenTracker {
  readonly tracker: Tracker;
  /** Call it last, when no request is being answered any more. */
  close(): Promise<void>;
}

/**
 * The process's one tracker, on the PostgreSQL that the orders are in. Web processes only accept; workers deliver. In
 * production it sends to AvantLink; elsewhere it sends nothing (a dry run), unless AVANTLINK_ENDPOINT names a server on
 * this machine, such as the sandbox.
 */
export async function openTracker({ deliver }: { readonly deliver: boolean }): Promise<OpenTracker> {
  const pool = openDatabase();
  const tracker = createTracker({
    merchantId: process.env.AVANTLINK_MERCHANT_ID,
    endpoint: process.env.AVANTLINK_ENDPOINT,
    outbox: postgresOutbox({ query: pool }),
    deliver,
    onEvent: logEvent,
  });
  await tracker.start();
  return {
    tracker,
    async close() {
      await tracker.close();
      await pool.end();
    },
  };
}

const LEVELS: Readonly<Partial<Record<TrackingEvent["type"], Level>>> = {
  retrying: "warn",
  rejected: "error",
  "not-stored": "error",
  dead: "error",
  problem: "error",
};

/** Whether another order holds this order's number, so that this one is not sent. */
export function isNumberReused(about: Receipt | TrackingEvent): boolean {
  return "findings" in about && about.findings.some(({ code }) => code === "order.number-reused");
}

/** A line for each thing that happens. No event holds anything of a shopper's. */
function logEvent(event: TrackingEvent): void {
  const { type, ...about } = event;
  // A click is sent once, and pays nobody by itself: it wakes nobody.
  const isClick = "kind" in event && event.kind === "click";
  const level = isNumberReused(event) ? "error" : (LEVELS[type] ?? "info");
  log(isClick ? "info" : level, `tracking.${type}`, {
    ...about,
    ...("error" in event && { error: event.error.message, code: event.error.code }),
    ...("findings" in event && { findings: event.findings.map(({ code, path }) => `${code} at ${path}`) }),
  });
}
