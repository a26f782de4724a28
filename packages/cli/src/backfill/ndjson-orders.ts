import { pipeline } from "node:stream";
import split2 from "split2";
import { givenOrder } from "../files/given-order.ts";
import { fieldsOf } from "../files/read-file.ts";
import { consentInJson } from "./consent.ts";
import { entryOf, type FileEntry, faultyEntry } from "./file-entry.ts";
import { LOST_CHARACTER, lostIn } from "./spoilt-values.ts";

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
  const consent = consentInJson(value);
  if (consent.status === "unclear") return faultyEntry(line, consent.field, consent.message, orderNumber);
  const given = { order, context: { ...context, ...consent.stated } };
  const lost = lostIn(order, "") ?? lostIn(given.context, "context");
  return lost === undefined ? entryOf(line, given) : faultyEntry(line, lost, LOST_CHARACTER, orderNumber);
}
