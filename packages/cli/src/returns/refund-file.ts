import { wireOrderNumber } from "@avantlink-s2s/core/adapter";
import { currencyCode, decimal, readMoney } from "@avantlink-s2s/core/money";
import type { Refund, RefundMapper, RefundReason } from "@avantlink-s2s/orders/refunds";
import * as orders from "@avantlink-s2s/orders/refunds";
import { plainTitle } from "../backfill/column-names.ts";
import { readDialect } from "../backfill/csv-dialect.ts";
import { readCsvRows } from "../backfill/csv-rows.ts";
import { spoiltIn } from "../backfill/spoilt-values.ts";
import { CommandError, EXIT } from "../exit-codes.ts";
import { fieldsOf } from "../files/read-file.ts";
import { isDay } from "../options/days.ts";
import type { Problem } from "../terminal/problems.ts";
import { harmless } from "../terminal/terminal.ts";

const REASONS: readonly RefundReason[] = ["ADJUSTMENT", "CANCELED", "FRAUD", "RETURN"];

const OWN_FIELDS = ["orderNumber", "id", "refundedAt", "currency", "reason", "amount", "share", "items"];

/** The mappers of platforms' own refunds, by the platform's name in small letters. */
export const REFUNDS_OF: Readonly<Record<string, RefundMapper>> = Object.fromEntries(
  Object.entries(orders).map(([name, mapper]) => [name.replace(/Refunds$/, "").toLowerCase(), mapper]),
);

/** A refund with the line of the file that holds it. */
export type GivenRefund = Refund & { readonly line: number };

/**
 * Reads refunds from CSV, or from NDJSON: of this command's own shape, or the objects of a platform. `currency` is that of
 * refunds that name none.
 */
export async function readRefunds(text: string, platform: string | undefined, currency: string | undefined) {
  const refunds = new Map<string, GivenRefund>();
  const problems: (Problem & { readonly line: number })[] = [];
  const isJson = platform !== undefined || /^\s*\{/.test(text);
  const mapper = REFUNDS_OF[platform ?? ""] ?? ((given) => ownRefund(given, currency));
  for await (const [line, value] of isJson ? linesIn(text) : rowsIn(text)) {
    const add = (severity: Problem["severity"], field: string, message: string) =>
      problems.push({ line, severity, field, rule: "refund", message });
    const mapped = mapper(value);
    if (mapped.status === "unmappable")
      for (const { path, message } of mapped.issues) add("error", path, message);
    if (mapped.status !== "mapped") continue;
    for (const { path, message } of mapped.findings) add("warning", path, message);
    for (const refund of mapped.refunds) {
      // A platform's order that stands in the file several times holds the same refunds each time.
      const identity = platform && refund.id ? `${refund.orderNumber}\n${refund.id}` : JSON.stringify(refund);
      const twin = refunds.get(identity);
      if (!twin) refunds.set(identity, { ...refund, line });
      else if (!platform)
        add(
          "error",
          "row",
          `is identical to line ${twin.line}. Give each refund an id, or remove one of them`,
        );
    }
  }
  return { refunds: [...refunds.values()], problems };
}

function linesIn(text: string): readonly (readonly [line: number, value: unknown])[] {
  return text.split(/\r?\n/).flatMap((json, index) => {
    if (json.trim() === "") return [];
    try {
      return [[index + 1, JSON.parse(json)] as const];
    } catch {
      return [[index + 1, undefined] as const];
    }
  });
}

/** A row with a SKU is one item of a refund; a row without is an amount, or the whole order if that is blank. */
async function* rowsIn(text: string): AsyncGenerator<readonly [line: number, value: unknown]> {
  const dialect = readDialect(text);
  const columns = dialect.header.map(plainTitle);
  // A spreadsheet writes empty cells at the end of each row.
  const named = columns.map((name) => name || undefined);
  const twice = named.find((name, index) => name && columns.indexOf(name) < index);
  if (twice !== undefined) {
    const message = `Line ${dialect.headerLine}: two columns mean "${harmless(twice)}".`;
    throw new CommandError(EXIT.wrong, message, "Rename or remove one of them.");
  }
  const blank = Object.fromEntries(columns.filter(Boolean).map((name) => [name, ""]));
  for await (const row of readCsvRows([text], dialect, named)) {
    const fault = row.kind === "faulty" ? row.problems[0]?.message : row.fault;
    if (row.kind === "faulty" || fault !== undefined)
      throw new CommandError(EXIT.wrong, `Line ${row.line} ${fault}.`);
    const { order_number, refunded_at, refund_id, amount, sku, quantity, ...rest } = {
      ...blank,
      ...row.cells,
    };
    const money =
      sku || quantity ? { items: [{ sku, unitPrice: amount, quantity: Number(quantity) }] } : { amount };
    yield [
      row.line,
      { ...rest, orderNumber: order_number, refundedAt: refunded_at, id: refund_id, ...money },
    ];
  }
}

/** Reads a refund of this command's own shape; a blank field counts as missing. */
function ownRefund(value: unknown, currency: string | undefined): orders.RefundsResult {
  const given = fieldsOf(value);
  const text = (name: string) => String(given[name] ?? "").trim();
  const orderNumber = wireOrderNumber(given.orderNumber);
  const code = currencyCode(text("currency") || currency);
  const reason = REASONS.find((one) => one === (text("reason").toUpperCase() || "RETURN"));
  const listed = given.items ?? "";
  const items = listed === "" ? undefined : [listed].flat().map(itemIn);
  const amount = text("amount") === "" ? undefined : amountIn(given.amount);
  const share = text("share") === "" ? undefined : shareIn(given.share);
  const unknown = Object.keys(given).find((name) => !OWN_FIELDS.includes(name));
  const spoilt = [orderNumber, ...(items ?? []).map((item) => item?.sku ?? "")].map(spoiltIn).find(Boolean);
  const faults: Readonly<Record<string, string | false | undefined>> = {
    line: value === undefined && "is not JSON; write one JSON object a line",
    order_number: orderNumber === "" ? "is missing" : spoilt,
    refunded_at: !isTime(text("refundedAt")) && "is no day such as 2026-11-28, and no time with its offset",
    currency: !code && "is no code such as USD; or add --currency",
    reason: !reason && `is none of ${REASONS.join(", ")}`,
    items: items?.includes(undefined) && "have no SKU, no positive price or no whole quantity",
    share: text("share") !== "" && !share && "has no positive refunded and paid",
    amount:
      (text("amount") !== "" && !amount && "is no positive amount; leave it blank for the whole order") ||
      // The whole order must not be returned because the amount has another name.
      (given.amount === undefined &&
        !items &&
        !share &&
        unknown !== undefined &&
        `is missing, and "${unknown}" is not recognized. Name it amount; or remove it, to return the whole order`),
  };
  const [path, message] = Object.entries(faults).find(([, fault]) => fault) ?? [];
  if (path && message) return { status: "unmappable", issues: [{ path, message }] };
  const known = { orderNumber, id: text("id") || undefined, refundedAt: text("refundedAt"), amount, share };
  const sold = items?.filter((item) => item !== undefined);
  const refund = { ...known, currency: code ?? "", reason: reason ?? "RETURN", ...(sold && { items: sold }) };
  return { status: "mapped", refunds: [refund], findings: [] };
}

function itemIn(value: unknown) {
  const { sku, unitPrice, quantity } = fieldsOf(value);
  const [name, price] = [String(sku ?? "").trim(), amountIn(unitPrice)];
  const isWhole = typeof quantity === "number" && Number.isSafeInteger(quantity) && quantity > 0;
  return name !== "" && price !== undefined && isWhole
    ? { sku: name, unitPrice: price, quantity }
    : undefined;
}

function shareIn(value: unknown): Refund["share"] {
  const { refunded, paid } = fieldsOf(value);
  const [part, whole] = [amountIn(refunded), amountIn(paid)];
  return part !== undefined && whole !== undefined ? { refunded: part, paid: whole } : undefined;
}

function amountIn(value: unknown): string | undefined {
  const money = readMoney(value);
  return money !== undefined && decimal(money)?.gt(0) ? `${money}` : undefined;
}

/** A day, or a time with its offset: a time without would be another one elsewhere. */
function isTime(text: string): boolean {
  if (isDay(text)) return true;
  return isDay(text.slice(0, 10)) && /T.*(?:Z|[+-]\d\d:?\d\d)$/.test(text) && !Number.isNaN(Date.parse(text));
}
