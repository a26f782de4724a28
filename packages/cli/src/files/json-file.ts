import { readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { CommandError, EXIT } from "../exit-codes.ts";

/** The text of a file, or of stdin for `-`. */
export async function readText(file: string): Promise<string> {
  if (file === "-") return text(process.stdin);
  try {
    return await readFile(file, "utf8");
  } catch (cause) {
    throw new CommandError(EXIT.unreachable, `${file} cannot be read (${codeOf(cause)}).`, "", cause);
  }
}

/** The JSON value in a text. A fault is told by its place, never by what stands there. */
export function parseJson(source: string, file: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    throw new CommandError(EXIT.wrong, `${file} is not JSON.`, "One order, or one payload, as JSON.");
  }
}

/** The name by which Node.js tells what went wrong with a file or a connection. */
export function codeOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return codeOf(cause.errors[0]);
  if (typeof cause === "object" && cause !== null && "code" in cause) return String(cause.code);
  return cause instanceof Error ? cause.message : String(cause);
}

/** A value's own fields; none for what has no fields. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
