import { type Finding, type Order, type OrderPayloadResult, toOrderPayload } from "@avantlink-s2s/core";
import { fieldsOf } from "../files/json-file.ts";
import type { Problem } from "../terminal/problems.ts";
import { isDenied } from "./consent.ts";
import type { FileEntry } from "./file-entry.ts";
import type { OrderFile } from "./order-file.ts";

const MOST_SHOWN = 50;

/** What a dry run finds in a file. */
export interface FileCheck {
  /** Orders that can be sent. */
  readonly sendable: number;
  /** Orders whose shopper denied consent. */
  readonly denied: number;
  /** Orders that cannot be sent, and places where no order could be read. */
  readonly faulty: number;
  /** Order numbers that stand in more than one place, apart from each other. None of theirs is sent. */
  readonly repeated: ReadonlySet<string>;
  /** Lines of orders that are not to be sent, because they are faulty or repeated. */
  readonly unsendableLines: ReadonlySet<number>;
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

/** Where an order number stood first, and what the order there comes to if it can be sent. */
interface Place {
  readonly line: number;
  readonly sale: { readonly currency: string; readonly amount: number } | undefined;
}

/** Reads the whole file and sends nothing. */
export async function checkFile(file: OrderFile, position: (bytes: number) => void): Promise<FileCheck> {
  const places = new Map<string, Place>();
  const repeated = new Set<string>();
  const faultyLines = new Set<number>();
  const firstLines = new Set<number>();
  const problems: (Problem & { readonly line: number })[] = [];
  const counts: Record<string, number> = {};
  let denied = 0;
  let unreadableFrom: number | undefined;

  function note(line: number, problem: Problem): void {
    counts[problem.rule] = (counts[problem.rule] ?? 0) + 1;
    if (problem.severity === "error") faultyLines.add(line);
    if (problems.length < MOST_SHOWN) problems.push({ line, ...problem });
  }

  function noteFindings(line: number, findings: readonly Finding[]): void {
    for (const { code, path, message } of findings) {
      note(line, { severity: "warning", field: path, rule: code, message });
    }
  }

  function saleOf(entry: FileEntry, mapped: OrderPayloadResult | undefined): Place["sale"] {
    const { line } = entry;
    if (!entry.ok) {
      note(line, { severity: "error", field: entry.field, rule: "file", message: entry.message });
      return undefined;
    }
    if (!mapped?.ok) {
      for (const { path, message } of mapped?.error.issues ?? []) {
        note(line, { severity: "error", field: path, rule: mapped?.error.code ?? "", message });
      }
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
    if (!entry.ok && entry.last) unreadableFrom = line;
    const mapped = entry.ok ? toOrderPayload(entry.order, entry.context) : undefined;
    const sale = saleOf(entry, mapped);
    const number = mapped?.ok
      ? mapped.payload.order.order_number
      : numberOf(entry.ok ? fieldsOf(entry.order).orderNumber : entry.orderNumber);
    if (number === "") continue;
    // Whatever stood there, be it refused or faulty: what stands here would be a part of it.
    const first = places.get(number);
    if (first === undefined) {
      places.set(number, { line, sale });
      if (sale && mapped?.ok) noteFindings(line, mapped.findings);
      continue;
    }
    repeated.add(number);
    firstLines.add(first.line);
    const message = "stood in an earlier line, apart from this one; an order's rows must stand together";
    note(line, { severity: "error", field: "orderNumber", rule: "file.repeated", message });
  }

  const sales: Record<string, number> = {};
  let sendable = 0;
  for (const [number, { sale }] of places) {
    if (sale === undefined || repeated.has(number)) continue;
    sendable += 1;
    sales[sale.currency] = (sales[sale.currency] ?? 0) + sale.amount;
  }
  return {
    sendable,
    denied,
    faulty: faultyLines.size,
    repeated,
    unsendableLines: new Set([...faultyLines, ...firstLines]),
    problems,
    counts,
    sales: Object.fromEntries(
      Object.entries(sales).map(([currency, sum]) => [currency, Number(sum.toFixed(2))]),
    ),
    ignoredColumns: file.ignoredColumns,
    unreadableFrom,
  };
}

/** The number by which an order is sent, of a value in its place; `""` where it is none. */
function numberOf(orderNumber: unknown): string {
  const bare = toOrderPayload({ orderNumber, currency: "USD", subtotal: 0 } as Order);
  return bare.ok ? bare.payload.order.order_number : "";
}
