import { Readable } from "node:stream";
import split2 from "split2";
import { givenOrder } from "../files/given-order.ts";
import { fieldsOf } from "../files/read-file.ts";
import { consentInJson } from "./consent.ts";
import type { FileEntry } from "./file-entry.ts";

// Far above any order.
const MAX_LINE_LENGTH = 4 * 1024 * 1024;

/** One order a line, as JSON. */
export async function* readNdjsonOrders(text: AsyncIterable<string>): AsyncGenerator<FileEntry> {
  let line = 0;
  const source = Readable.from(text);
  const lines = source.pipe(split2(/\r?\n/, { maxLength: MAX_LINE_LENGTH }));
  source.on("error", (error) => lines.destroy(error));
  try {
    for await (const json of lines as AsyncIterable<string>) {
      line += 1;
      if (json.trim() !== "") yield entryOf(json, line);
    }
  } finally {
    source.destroy();
  }
}

function entryOf(json: string, line: number): FileEntry {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    const message = "is not JSON. Write each order as one JSON object on a line of its own";
    return { kind: "faulty", line, field: "line", message };
  }
  const { order, context } = givenOrder(value);
  const consent = consentInJson(value);
  if (consent.status === "unclear") {
    const { field, message } = consent;
    return { kind: "faulty", line, orderNumber: fieldsOf(order).orderNumber, field, message };
  }
  return { kind: "order", line, order, context: { ...context, ...consent.stated } };
}
