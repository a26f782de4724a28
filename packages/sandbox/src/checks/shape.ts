import type { Field, ObjectField, ValueField } from "../fields.ts";
import type { Finding } from "../records.ts";
import { isObject } from "./body-values.ts";
import { isDecimalText } from "./decimal.ts";
import { error, info, warning } from "./finding.ts";

/** Compares a body with the article's table: what is missing, of another type, empty, or not in the table. */
export function checkShape(body: unknown, expected: ObjectField): Finding[] {
  const findings: Finding[] = [];
  checkField(body, "", expected, findings);
  return findings;
}

function checkField(value: unknown, path: string, field: Field, findings: Finding[]): void {
  switch (field.type) {
    case "object":
      checkObject(value, path, field, findings);
      return;
    case "list":
      if (!Array.isArray(value)) {
        findings.push(wrongType(path, "an array of objects", value));
      } else if (value.length === 0) {
        findings.push(
          error(path, "There is no line: commission per item is computed from the lines. Send every line."),
        );
      } else {
        value.forEach((item, index) => {
          checkObject(item, `${path}[${index}]`, field.item, findings);
        });
      }
      return;
    default:
      checkValue(value, path, field, findings);
  }
}

function checkObject(value: unknown, path: string, field: ObjectField, findings: Finding[]): void {
  if (!isObject(value)) {
    findings.push(wrongType(path || "body", "an object", value));
    return;
  }
  const below = (key: string) => (path === "" ? key : `${path}.${key}`);
  for (const [key, inner] of Object.entries(field.fields)) {
    if (Object.hasOwn(value, key)) checkField(value[key], below(key), inner, findings);
    else findings.push(missing(below(key), inner));
  }
  for (const key of Object.keys(value)) {
    if (!Object.hasOwn(field.fields, key)) {
      findings.push(
        warning(
          below(key),
          "The article has no such field. Correct the name if it is misspelled; otherwise remove the field.",
        ),
      );
    }
  }
}

function missing(path: string, field: Field): Finding {
  return field.required
    ? error(path, `It is missing. ${field.says}`)
    : info(path, `It is missing. ${field.says} AvantLink's sample has it, empty when unknown.`);
}

function checkValue(value: unknown, path: string, field: ValueField, findings: Finding[]): void {
  switch (field.type) {
    case "text":
      if (typeof value !== "string") findings.push(wrongType(path, "a string", value));
      else if (!field.mayBeEmpty && value.trim() === "") {
        findings.push(warning(path, `It is empty. ${field.says}`));
      }
      return;
    case "texts":
      if (!Array.isArray(value)) findings.push(wrongType(path, "an array of strings", value));
      else if (!value.every((entry) => typeof entry === "string")) {
        findings.push(
          error(
            path,
            `Every element must be a string: ${describe(value.find((entry) => typeof entry !== "string"))} is not.`,
          ),
        );
      }
      return;
    case "flag":
      if (typeof value !== "boolean") findings.push(wrongType(path, "true or false", value));
      return;
    case "amount":
    case "number":
      checkNumber(value, path, field, findings);
  }
}

function checkNumber(value: unknown, path: string, field: ValueField, findings: Finding[]): void {
  if (typeof value === "number") return;
  if (!isDecimalText(value)) {
    findings.push(wrongType(path, "a number", value));
    return;
  }
  findings.push(
    field.type === "amount"
      ? info(path, "It is a string, as in AvantLink's samples. AvantLink's table names a number first.")
      : warning(path, "It is a string; the article's table says number."),
  );
}

function wrongType(path: string, wanted: string, value: unknown): Finding {
  return error(path, `It must be ${wanted}, and it is ${describe(value)}.`);
}

function describe(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  if (typeof value === "object") return "an object";
  if (typeof value === "string")
    return `the string ${JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value)}`;
  return String(value);
}
