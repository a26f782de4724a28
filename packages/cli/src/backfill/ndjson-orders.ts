import { pipeline } from "node:stream";
import type { MapperResult, SkippedOrder } from "@avantlink-s2s/core";
import { readContext } from "@avantlink-s2s/core/adapter";
import split2 from "split2";
import { givenOrder } from "../files/given-order.ts";
import { fieldsOf } from "../files/read-file.ts";
import { consentInJson } from "./consent.ts";
import { entryOf, type FileEntry, faultyEntry } from "./file-entry.ts";
import { LOST_CHARACTER, lostIn } from "./spoilt-values.ts";

const NO_CONTEXT = "has none of a context's fields, such as avad or visitorIds";
const IS_ANSWER =
  "is a mapper's word for what is no order to be sent, such as unpaid or test. Remove the order, or this field";

// What a mapper or `skip` answers. The tracker takes an order with such a status for that answer, and sends nothing.
type Answer = (MapperResult | SkippedOrder)["status"];
const UNSENT: readonly Answer[] = ["unpaid", "test", "renewal", "unmappable", "skipped"];
const ANSWERS: ReadonlySet<unknown> = new Set<Answer>([...UNSENT, "mapped"]);

// Far above any order.
const MAX_LINE_LENGTH = 4 * 1024 * 1024;

/** One order a line, as JSON. */
export async function* readNdjsonOrders(text: AsyncIterable<string>): AsyncGenerator<FileEntry> {
  let line = 0;
  // The loop gets every error itself.
  const lines = pipeline(text, split2(/\r?\n/, { maxLength: MAX_LINE_LENGTH }), () => {});
  for await (const json of lines as AsyncIterable<string>) {
    line += 1;
    if (json.trim() !== "") yield entryIn(json, line);
  }
}

function entryIn(json: string, line: number): FileEntry {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return faultyEntry(line, "line", "is not JSON. Write each order as one JSON object on a line of its own");
  }
  const { order, context } = givenOrder(value);
  const { orderNumber } = fieldsOf(order);
  if (isAnswer(value, order)) return faultyEntry(line, "status", IS_ANSWER, orderNumber);
  if (context && !readContext(context)) return faultyEntry(line, "context", NO_CONTEXT, orderNumber);
  const consent = consentInJson(value);
  if (consent.status === "unclear") return faultyEntry(line, consent.field, consent.message, orderNumber);
  const given = { order, context: { ...context, ...consent.stated } };
  const lost = lostIn(order, "") ?? lostIn(given.context, "context");
  return lost === undefined ? entryOf(line, given) : faultyEntry(line, lost, LOST_CHARACTER, orderNumber);
}

/** Whether the order, or the object that it is nested in, has a mapper's status other than `mapped` around an order. */
function isAnswer(value: unknown, order: unknown): boolean {
  const { order: nested, status } = fieldsOf(value);
  const around = nested === undefined || status === "mapped" ? undefined : status;
  return ANSWERS.has(fieldsOf(order).status) || ANSWERS.has(around);
}
