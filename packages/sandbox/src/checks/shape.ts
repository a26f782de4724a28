import { type Field, fieldsIn, type ObjectField } from "../fields.ts";
import type { Finding } from "../records.ts";
import { isDecimalText } from "./decimal.ts";
import { error, info, warning } from "./finding.ts";

/** Compares a body with the article's table: what is missing, of another type, empty, or not in the table. */
export function* checkShape(body: unknown, expected: ObjectField): Generator<Finding> {
  for (const { path, field, value } of fieldsIn(body, expected)) {
    if (field === undefined)
      yield warning(
        path,
        "The article has no such field. Correct the name if it is misspelled; otherwise remove the field.",
      );
    else if (value !== undefined) yield* checkValue(value, path, field);
    else if (field.required) yield error(path, `It is missing. ${field.says}`);
    else yield info(path, `It is missing. ${field.says} AvantLink's sample has it, empty when unknown.`);
  }
}

function* checkValue(value: unknown, path: string, field: Field): Generator<Finding> {
  const wrongType = (wanted: string) => error(path, `It must be ${wanted}, and it is ${describe(value)}.`);
  switch (field.type) {
    case "object":
      yield wrongType("an object");
      break;
    case "list":
      yield Array.isArray(value)
        ? error(path, "There is no line: commission per item is computed from the lines. Send every line.")
        : wrongType("an array of objects");
      break;
    case "text":
      if (typeof value !== "string") yield wrongType("a string");
      else if (!field.mayBeEmpty && value.trim() === "") yield warning(path, `It is empty. ${field.says}`);
      break;
    case "texts": {
      const list = Array.isArray(value) ? value : undefined;
      const other = list?.find((entry) => typeof entry !== "string");
      if (list === undefined) yield wrongType("an array of strings");
      if (other !== undefined)
        yield error(path, `Every element must be a string: ${describe(other)} is not.`);
      break;
    }
    case "flag":
      if (typeof value !== "boolean") yield wrongType("true or false");
      break;
    default:
      if (typeof value === "number") return;
      if (!isDecimalText(value)) yield wrongType("a number");
      else if (field.type === "number")
        yield warning(path, "It is a string; the article's table says number.");
      else
        yield info(
          path,
          "It is a string, as in AvantLink's samples. AvantLink's table names a number first.",
        );
  }
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  if (typeof value !== "string") return String(value);
  return `the string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
}
