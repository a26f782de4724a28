import type { Problem } from "../terminal/problems.ts";
import { roundedTo } from "../terminal/wording.ts";
import type { Amount } from "./file-entry.ts";
import type { OrderFile } from "./order-file.ts";

const MAX_SHOWN = 50;

/** What is in a file. */
export type FileCheck = Awaited<ReturnType<typeof checkFile>>;

/** Reads the whole file. Sends nothing. */
export async function checkFile(file: OrderFile, position: (bytes: number) => void) {
  // Where an order number stood first, and the amount of the order there if it can be sent.
  const places = new Map<string, { readonly line: number; readonly amount: Amount | undefined }>();
  const repeated = new Set<string>();
  const faultyLines = new Set<number>();
  const problems: (Problem & { readonly line: number })[] = [];
  const counts: Record<string, number> = {};
  const unsent = { denied: 0, unpaid: 0 };
  let unreadableFrom: number | undefined;

  function add(line: number, problem: Problem): void {
    counts[problem.rule] = (counts[problem.rule] ?? 0) + 1;
    if (problem.severity === "error") faultyLines.add(line);
    if (problems.length < MAX_SHOWN) problems.push({ line, ...problem });
  }

  for await (const entry of file.entries(position)) {
    const { kind, line, orderNumber } = entry;
    const first = places.get(orderNumber);
    if (kind === "denied" || kind === "unpaid") unsent[kind] += 1;
    if (kind === "faulty" || (kind === "order" && !first))
      for (const problem of entry.problems) add(line, problem);
    if (kind === "faulty" && entry.last) unreadableFrom = line;
    if (orderNumber === "") continue;
    if (!first) {
      places.set(orderNumber, { line, amount: kind === "order" ? entry.amount : undefined });
      continue;
    }
    // Whatever stood in the first place, a part of the order may be in this one.
    repeated.add(orderNumber);
    const message = `is also in line ${first.line}, apart from this one. Put the rows of an order together, or remove one of the orders`;
    add(line, { severity: "error", field: "orderNumber", rule: "file.repeated", message });
  }

  const sales: Record<string, number> = {};
  let sendable = 0;
  for (const [number, { amount }] of places) {
    if (amount === undefined || repeated.has(number)) continue;
    sendable += 1;
    sales[amount.currency] = (sales[amount.currency] ?? 0) + amount.subtotal;
  }
  for (const [currency, sum] of Object.entries(sales)) sales[currency] = roundedTo(currency, sum);
  return {
    /** Orders that can be sent. */
    sendable,
    /** Orders whose shopper denied consent. */
    denied: unsent.denied,
    /** Orders of a platform's export that are not paid, or were canceled. */
    unpaid: unsent.unpaid,
    /** Orders that can't be sent, and places without a readable order. */
    faulty: faultyLines.size,
    /** Order numbers that stand in more than one place, apart from each other. None of them is sent. */
    repeated: repeated as ReadonlySet<string>,
    /** The first problems, each with its line. */
    problems,
    /** How often each rule was broken. */
    counts,
    /** The sum of the orders that can be sent, by currency, in major units. */
    sales,
    ignoredColumns: file.ignoredColumns,
    /** The platform whose own export the file is. */
    platform: file.platform,
    /** The line from which on nothing can be read. Everything else then covers only the lines before it. */
    unreadableFrom,
  };
}
