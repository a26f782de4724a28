import { type Order, type TrackingContext, toOrderPayload } from "@avantlink-s2s/core";
import type { Problem } from "../problems.ts";
import type { OrderFile } from "./order-file.ts";

const MOST_SHOWN = 50;

/** What a dry run finds in a file. */
export interface FileCheck {
  /** Orders that can be sent. */
  readonly sendable: number;
  /** Orders whose shopper refused to be tracked. */
  readonly refusedByShopper: number;
  /** Orders that cannot be sent, and places where no order could be read. */
  readonly faulty: number;
  /** Order numbers that stand in more than one place, apart from each other. None of theirs is sent. */
  readonly repeated: ReadonlySet<string>;
  /** Lines of orders that cannot be sent. */
  readonly faultyLines: ReadonlySet<number>;
  /** The first problems, with the line that each one is in. */
  readonly problems: readonly (Problem & { readonly line: number })[];
  /** How often each rule was broken. */
  readonly counts: Readonly<Record<string, number>>;
  /** What can be sent, by currency, in major units; for a look at whether the file is the right one. */
  readonly sales: Readonly<Record<string, number>>;
  readonly ignoredColumns: readonly string[];
  /** The line from which on nothing could be read, if there is one. Then all the rest tells of a part of the file. */
  readonly unreadableFrom: number | undefined;
}

/** Reads the whole file and sends nothing. */
export async function checkFile(file: OrderFile, position: (bytes: number) => void): Promise<FileCheck> {
  const seen = new Set<string>();
  const repeated = new Set<string>();
  const faultyLines = new Set<number>();
  const problems: (Problem & { readonly line: number })[] = [];
  const counts: Record<string, number> = {};
  const sales: Record<string, number> = {};
  let sendable = 0;
  let refusedByShopper = 0;
  let unreadableFrom: number | undefined;

  function note(line: number, problem: Problem): void {
    counts[problem.rule] = (counts[problem.rule] ?? 0) + 1;
    if (problem.severity === "error") faultyLines.add(line);
    if (problems.length < MOST_SHOWN) problems.push({ line, ...problem });
  }

  for await (const entry of file.entries(position)) {
    const { line } = entry;
    if (!entry.ok) {
      if (entry.last) unreadableFrom = line;
      note(line, { severity: "error", field: entry.field, rule: "file", message: entry.message });
      continue;
    }
    const mapped = toOrderPayload(entry.order, entry.context);
    if (!mapped.ok) {
      for (const { path, message } of mapped.error.issues) {
        note(line, { severity: "error", field: path, rule: mapped.error.code, message });
      }
      continue;
    }
    const { order } = mapped.payload;
    if (isRefused(entry.context)) {
      refusedByShopper += 1;
      continue;
    }
    if (seen.has(order.order_number)) {
      repeated.add(order.order_number);
      const message = "stood in an earlier line, apart from this one; an order's rows must stand together";
      note(line, { severity: "error", field: "orderNumber", rule: "file.repeated", message });
      continue;
    }
    seen.add(order.order_number);
    for (const { code, path, message } of mapped.findings) {
      note(line, { severity: "warning", field: path, rule: code, message });
    }
    sendable += 1;
    sales[order.currency] = (sales[order.currency] ?? 0) + order.order_amount_subtotal;
  }
  return {
    sendable: sendable - repeated.size,
    refusedByShopper,
    faulty: faultyLines.size,
    repeated,
    faultyLines,
    problems,
    counts,
    sales: Object.fromEntries(
      Object.entries(sales).map(([currency, sum]) => [currency, Number(sum.toFixed(2))]),
    ),
    ignoredColumns: file.ignoredColumns,
    unreadableFrom,
  };
}

/** Whether the shopper refused, by the shop's own banner or by the browser's signal. */
export function isRefused(context: TrackingContext | undefined): boolean {
  return context?.consent === "denied" || context?.gpc === true;
}

/** The number of an order that is about to be sent. */
export function numberOf(order: Order): string {
  return String(order.orderNumber).trim();
}
