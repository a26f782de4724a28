import { isObject } from "../checks/body-values.ts";
import type { Field, ObjectField } from "../fields.ts";
import type { FieldNote } from "../page/source.ts";

const MAX_NOTES = 400;
const MAX_VALUE_LENGTH = 600;

/** Every field of the article's body in its order, and then every other field that was sent. */
export function noteFields(body: unknown, expected: ObjectField): FieldNote[] {
  const notes: FieldNote[] = [];
  noteObject(body, "", expected, notes);
  return notes.slice(0, MAX_NOTES);
}

function noteObject(value: unknown, path: string, field: ObjectField, notes: FieldNote[]): void {
  const object = isObject(value) ? value : {};
  const below = (key: string) => (path === "" ? key : `${path}.${key}`);
  for (const [key, inner] of Object.entries(field.fields)) {
    noteField(Object.hasOwn(object, key) ? object[key] : undefined, below(key), inner, notes);
  }
  for (const [key, extra] of Object.entries(object)) {
    if (notes.length > MAX_NOTES) return;
    if (!Object.hasOwn(field.fields, key)) {
      notes.push({ path: below(key).slice(0, 200), value: shown(extra), required: false, says: "" });
    }
  }
}

function noteField(value: unknown, path: string, field: Field, notes: FieldNote[]): void {
  if (notes.length > MAX_NOTES) return;
  if (field.type === "object" && isObject(value)) noteObject(value, path, field, notes);
  else if (field.type === "list" && Array.isArray(value) && value.length > 0) {
    value.forEach((item, index) => {
      noteObject(item, `${path}[${index}]`, field.item, notes);
    });
  } else {
    const { required, says } = field;
    notes.push({ path, required, says, ...(value !== undefined && { value: shown(value) }) });
  }
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
