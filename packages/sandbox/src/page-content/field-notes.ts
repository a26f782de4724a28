import { fieldsIn, type ObjectField } from "../fields.ts";
import type { FieldNote } from "../page/source.ts";

const MAX_NOTES = 400;
const MAX_PATH_LENGTH = 200;
const MAX_VALUE_LENGTH = 600;

/** Every field of the article's body in its order, and then every other field that was sent. */
export function noteFields(body: unknown, expected: ObjectField): FieldNote[] {
  const notes: FieldNote[] = [];
  for (const { path, field, value } of fieldsIn(body, expected)) {
    if (notes.length === MAX_NOTES) break;
    notes.push({
      path: path.slice(0, MAX_PATH_LENGTH),
      required: field?.required ?? false,
      says: field?.says ?? "",
      ...(value !== undefined && { value: shown(value) }),
    });
  }
  return notes;
}

function shown(value: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? "";
  } catch {
    // Nested deeper than the stack.
    text = "…";
  }
  return text.length > MAX_VALUE_LENGTH
    ? `${text.slice(0, MAX_VALUE_LENGTH)}… (${text.length} characters)`
    : text;
}
