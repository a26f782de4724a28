import { fieldsOf } from "../files/read-file.ts";
import type { FileEntry } from "./file-entry.ts";

// The decoder writes it for bytes that are not in the file's encoding.
const LOST = "\uFFFD";
export const LOST_CHARACTER = "has a character that can't be read: the file is not UTF-8. Save it as UTF-8";

/**
 * Makes orders with lost characters faulty: an order number or a SKU without a letter is another one for AvantLink, and
 * two order numbers may have become one.
 */
export async function* withoutLostCharacters(entries: AsyncIterable<FileEntry>): AsyncGenerator<FileEntry> {
  for await (const entry of entries) {
    const field =
      entry.kind === "order" ? (lostIn(entry.order, "") ?? lostIn(entry.context, "context")) : undefined;
    if (entry.kind !== "order" || field === undefined) {
      yield entry;
      continue;
    }
    const { orderNumber } = fieldsOf(entry.order);
    yield { kind: "faulty", line: entry.line, orderNumber, field, message: LOST_CHARACTER };
  }
}

export function hasLostCharacter(text: string): boolean {
  return text.includes(LOST);
}

/** The first field with a lost character. */
function lostIn(value: unknown, path: string): string | undefined {
  if (typeof value === "string") return hasLostCharacter(value) ? path : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [name, part] of Object.entries(value)) {
    const at = Array.isArray(value) ? `${path}[${name}]` : [path, name].filter(Boolean).join(".");
    const found = lostIn(part, at);
    if (found !== undefined) return found;
  }
  return undefined;
}
