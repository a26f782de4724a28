import { fieldsOf } from "../files/json-file.ts";
import type { FileEntry } from "./file-entry.ts";

// What decoding puts in the place of bytes that are no UTF-8.
const LOST = "\uFFFD";

/**
 * Takes what was not written in UTF-8 for faulty: an article or an order number with a letter lost is another one to
 * AvantLink, and two order numbers may have become one.
 */
export async function* onlyUtf8(entries: AsyncIterable<FileEntry>): AsyncGenerator<FileEntry> {
  for await (const entry of entries) {
    const field = entry.ok ? (lostIn(entry.order, "") ?? lostIn(entry.context, "context")) : undefined;
    if (!entry.ok || field === undefined) {
      yield entry;
      continue;
    }
    const message = "has a character that could not be read: the file is not UTF-8; save it as UTF-8";
    yield { ok: false, line: entry.line, orderNumber: fieldsOf(entry.order).orderNumber, field, message };
  }
}

/** The first field with a lost letter. */
function lostIn(value: unknown, path: string): string | undefined {
  if (typeof value === "string") return value.includes(LOST) ? path : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [name, part] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${name}]` : [path, name].filter(Boolean).join(".");
    const found = lostIn(part, at);
    if (found !== undefined) return found;
  }
  return undefined;
}
