import type { Readable } from "node:stream";
import split2 from "split2";
import { givenOrder } from "../files/given-order.ts";
import { fieldsOf } from "../files/json-file.ts";
import { willInJson } from "./consent.ts";
import type { FileEntry } from "./file-entry.ts";

// Far above any order; what is longer is another kind of file.
const LONGEST_LINE = 4 * 1024 * 1024;

/** One order a line, as JSON. */
export async function* readNdjsonOrders(bytes: Readable): AsyncGenerator<FileEntry> {
  let line = 0;
  const lines = bytes.pipe(split2(/\r?\n/, { maxLength: LONGEST_LINE }));
  bytes.on("error", (error) => lines.destroy(error));
  try {
    for await (const text of lines as AsyncIterable<string>) {
      line += 1;
      const json = line === 1 ? text.replace(/^\uFEFF/, "") : text;
      if (json.trim() === "") continue;
      yield entryOf(json, line);
    }
  } finally {
    bytes.destroy();
  }
}

function entryOf(json: string, line: number): FileEntry {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return { ok: false, line, field: "line", message: "is not JSON" };
  }
  const { order, context } = givenOrder(value);
  const said = willInJson(value);
  if (!said.ok) return { ...said, line, orderNumber: fieldsOf(order).orderNumber };
  return { ok: true, line, order, context: { ...context, ...said.will } };
}
