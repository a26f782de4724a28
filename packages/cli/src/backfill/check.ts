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
export interface FileCheck {
  /** Orders that can be sent. */
  readonly sendable: number;
  /** Orders whose shopper denied consent. */
  readonly denied: number;
  /** Orders of a platform's export that are not paid, or were canceled. */
  readonly unpaid: number;
  /** Orders that can't be sent, and places without a readable order. */
  readonly faulty: number;
  /** Order numbers that stand in more than one place, apart from each other. None of them is sent. */
  readonly repeated: ReadonlySet<string>;
  /** Lines of orders that are not sent, because they are faulty or repeated. */
  readonly unsendableLines: ReadonlySet<number>;
  /** The first problems, each with its line. */
  readonly problems: readonly (Problem & { readonly line: number })[];
  /** How often each rule was broken. */
  readonly counts: Readonly<Record<string, number>>;
  /** The sum of the orders that can be sent, by currency, in major units. */
  readonly sales: Readonly<Record<string, number>>;
  readonly ignoredColumns: readonly string[];
  /** The platform whose own export the file is. */
  readonly platform: string | undefined;
  /** The line from which on nothing can be read. Everything else then covers only the lines before it. */
  readonly unreadableFrom: number | undefined;
}

/** Where an order number stood first, and the amount of the order there if it can be sent. */
interface Place {
  readonly line: number;
  readonly sale: { readonly currency: string; readonly amount: number } | undefined;
}

/** Reads the whole file. Sends nothing. */
export async function checkFile(file: OrderFile, position: (bytes: number) => void): Promise<FileCheck> {
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
    const number = mapped?.ok
      ? mapped.payload.order.order_number
      : wireOrderNumber(entry.kind === "order" ? fieldsOf(entry.order).orderNumber : entry.orderNumber);
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
    sendable,
    denied,
    unpaid,
    faulty: faultyLines.size,
    repeated,
    unsendableLines: new Set([...faultyLines, ...firstLines]),
    problems,
    counts,
    sales,
    ignoredColumns: file.ignoredColumns,
    platform: file.platform,
    unreadableFrom,
  };
}
