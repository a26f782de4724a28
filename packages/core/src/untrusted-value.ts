import * as z from "zod/mini";
import type { Issue } from "./findings.ts";

/** Stands for a property whose getter throws. */
const UNREADABLE = Symbol("unreadable");

/** The named properties of a value of unknown origin, each read once. Never throws. The names are ours. */
export function readFields<Name extends string>(
  value: unknown,
  names: readonly Name[],
): { readonly [Key in Name]: unknown } {
  const fields: Partial<Record<Name, unknown>> = {};
  for (const name of names) fields[name] = readField(value, name);
  return fields as { [Key in Name]: unknown };
}

/** A copy of an object with all properties that it shows, each read once; what is no such object, as it is. Never throws. */
export function readProperties(value: unknown): unknown {
  try {
    if (!isObject(value) || Array.isArray(value)) return value;
    const names: string[] = [];
    for (const name in value) names.push(name);
    return Object.fromEntries(names.map((name) => [name, readField(value, name)]));
  } catch {
    return UNREADABLE;
  }
}

/** The first `max` entries of a list, each read once; nothing where the value is no list. Never throws. */
export function readList(value: unknown, max: number): readonly unknown[] | undefined {
  try {
    if (!Array.isArray(value)) return undefined;
    const length = Math.min(value.length, max);
    const entries: unknown[] = [];
    for (let index = 0; index < length; index++) entries.push(readField(value, index));
    return entries;
  } catch {
    return undefined;
  }
}

function readField(value: unknown, name: string | number): unknown {
  try {
    return isObject(value) ? Reflect.get(value, name) : undefined;
  } catch {
    return UNREADABLE;
  }
}

/** Whether a value has properties to read. */
export function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

/** Describes a value for a message: its type, and the value itself only where it cannot be personal. */
export function describeValue(value: unknown): string {
  if (value === undefined) return "missing";
  if (value === UNREADABLE) return "unreadable";
  if (value === null || typeof value === "number" || typeof value === "boolean") return String(value);
  if (typeof value === "string") {
    if (value.trim() === "") return "an empty text";
    return /^[\w.,+$€£-]{1,24}$/.test(value) ? JSON.stringify(value) : `a text of ${value.length} characters`;
  }
  if (typeof value !== "object") return `a ${typeof value}`;
  return readList(value, 0) ? "a list" : "an object";
}

/** A schema that converts a value, or rejects it with the sentence "is …; expected …". */
export function readAs<Value>(convert: (value: unknown) => Value | undefined, expected: string) {
  return z.transform((value: unknown, { issues }): Value => {
    const converted = convert(value);
    if (converted !== undefined) return converted;
    const message = `is ${describeValue(value)}; expected ${expected}`;
    issues.push({ code: "custom", input: value, message });
    return z.NEVER;
  });
}

/** The issues of a parse, each with its path as in `products[2].unitPrice`, below `parent`. */
export function issuesOf(
  { error }: { readonly error?: Pick<z.core.$ZodError, "issues"> | undefined },
  parent = "",
): readonly Issue[] {
  return (error?.issues ?? []).map(({ path, message }) => ({
    path: path.reduce<string>((text, key) => joinPath(text, key), parent),
    message,
  }));
}

function joinPath(parent: string, key: PropertyKey): string {
  if (typeof key === "number") return `${parent}[${key}]`;
  return parent === "" ? String(key) : `${parent}.${String(key)}`;
}
