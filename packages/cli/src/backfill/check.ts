import { type Finding, type OrderPayloadResult, toOrderPayload } from "@avantlink-s2s/core";
import { wireOrderNumber } from "@avantlink-s2s/core/adapter";
import { fieldsOf } from "../files/read-file.ts";
import type { Problem } from "../terminal/problems.ts";
import { roundedTo } from "../terminal/wording.ts";
import { isDenied } from "./consent.ts";
import type { FileEntry } from "./file-entry.ts";
import type { OrderFile } from "./order-file.ts";

const MAX_SHOWN = 50;

/** What is in a file. */
export type FileCheck = Awaited<ReturnType<typeof checkFile>>;

/** Where an order number stood first, and the amount of the order there if it can be sent. */
interface Place {
  readonly line: number;
  readonly sale: { readonly currency: string; readonly amount: number } | undefined;
}

/** Reads the whole file. Sends nothing. */
export async function checkFile(file: OrderFile, position: (bytes: number) => void) {
  const places = new Map<string, Place>();
  const repeated = new Set<string>();
  const faultyLines = new Set<number>();
  const firstLines = new Set<number>();
  const problems: (Problem & { readonly line: number })[] = [];
  const counts: Record<string, number> = {};
  let denied = 0;
  let unpaid = 0;
  let unreadableFrom: number | undefined;

  function add(line: number, problem: Problem): void {
    counts[problem.rule] = (counts[problem.rule] ?? 0) + 1;
    if (problem.severity === "error") faultyLines.add(line);
    if (problems.length < MAX_SHOWN) problems.push({ line, ...problem });
  }

  function addFindings(line: number, findings: readonly Finding[]): void {
    for (const { code, path, message } of findings)
      add(line, { severity: "warning", field: path, rule: code, message });
  }

  function saleOf(entry: FileEntry, mapped: OrderPayloadResult | undefined): Place["sale"] {
    const { line } = entry;
    if (entry.kind === "faulty") {
      add(line, { severity: "error", field: entry.field, rule: "file", message: entry.message });
      return undefined;
    }
    if (entry.kind === "unpaid") {
      unpaid += 1;
      return undefined;
    }
    if (!mapped?.ok) {
      for (const { path, message } of mapped?.error.issues ?? [])
        add(line, { severity: "error", field: path, rule: mapped?.error.code ?? "", message });
      return undefined;
    }
    if (isDenied(entry.context)) {
      denied += 1;
      return undefined;
    }
    const { currency, order_amount_subtotal: amount } = mapped.payload.order;
    return { currency, amount };
  }

  for await (const entry of file.entries(position)) {
    const { line } = entry;
    if (entry.kind === "faulty" && entry.last) unreadableFrom = line;
    const mapped = entry.kind === "order" ? toOrderPayload(entry.order, entry.context) : undefined;
    const sale = saleOf(entry, mapped);
    const number = numberOf(entry);
    if (number === "") continue;
    // Whatever stood in the first place, a part of the order may be in this one.
    const first = places.get(number);
    if (first === undefined) {
      places.set(number, { line, sale });
      if (sale && mapped?.ok) addFindings(line, mapped.findings);
      continue;
    }
    repeated.add(number);
    firstLines.add(first.line);
    const message = `is also in line ${first.line}, apart from this one. Put the rows of an order together, or remove one of the orders`;
    add(line, { severity: "error", field: "orderNumber", rule: "file.repeated", message });
  }

  const sales: Record<string, number> = {};
  let sendable = 0;
  for (const [number, { sale }] of places) {
    if (sale === undefined || repeated.has(number)) continue;
    sendable += 1;
    sales[sale.currency] = (sales[sale.currency] ?? 0) + sale.amount;
  }
  for (const [currency, sum] of Object.entries(sales)) sales[currency] = roundedTo(currency, sum);
  return {
    /** Orders that can be sent. */
    sendable,
    /** Orders whose shopper denied consent. */
    denied,
    /** Orders of a platform's export that are not paid, or were canceled. */
    unpaid,
    /** Orders that can't be sent, and places without a readable order. */
    faulty: faultyLines.size,
    /** Order numbers that stand in more than one place, apart from each other. None of them is sent. */
    repeated: repeated as ReadonlySet<string>,
    /** Lines of orders that are not sent, because they are faulty or repeated. */
    unsendableLines: new Set([...faultyLines, ...firstLines]) as ReadonlySet<number>,
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

/** The order's number as AvantLink gets it; `""` where the file has none that can be read. */
export function numberOf(entry: FileEntry): string {
  return wireOrderNumber(entry.kind === "order" ? fieldsOf(entry.order).orderNumber : entry.orderNumber);
}
