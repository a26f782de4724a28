import { createReadStream } from "node:fs";
import type { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { getSystemErrorMap } from "node:util";
import { CommandError, EXIT } from "../exit-codes.ts";
import { decodeText } from "./decode-text.ts";

/** The text of a file, or of stdin for `-`. */
export function readText(file: string): Promise<string> {
  return textOf(file === "-" ? process.stdin : createReadStream(file), file);
}

/** The text of bytes that come from a file. */
export async function textOf(bytes: Readable, file: string): Promise<string> {
  try {
    return await text(decodeText(bytes));
  } catch (cause) {
    throw cannotRead(file, cause);
  }
}

/** @throws CommandError for a file that is empty, or is JSON instead of a line for each object */
export function requireLines(start: string, file: string, noun: "order" | "refund"): void {
  if (start.trim() === "")
    throw new CommandError(EXIT.wrong, `${file} is empty.`, `Export the ${noun}s again.`);
  if (!/^\s*\[/.test(start)) return;
  const help = `Write one ${noun} a line: jq -c '.[]' ${noun}s.json > ${noun}s.ndjson`;
  throw new CommandError(EXIT.wrong, `${file} is a JSON array.`, help);
}

/** The JSON value in a text. The error does not repeat the text, which may hold a shopper's data. */
export function parseJson(source: string, file: string): unknown {
  try {
    return JSON.parse(source);
  } catch {
    throw new CommandError(
      EXIT.wrong,
      `${file} is not JSON.`,
      "Expected one order, or one payload, as JSON.",
    );
  }
}

// PostgreSQL's own codes.
const REASONS: Readonly<Record<string, string>> = {
  "3D000": "there is no such database",
  "42501": "this user has no right to read it",
  "53300": "the server has too many connections",
  "57P03": "the server is starting",
};

/** Why a file or a server could not be used, in words; the system's own code where Node.js has none. */
export function reasonOf(cause: unknown): string {
  const code = codeOf(cause);
  return REASONS[code] ?? new Map(getSystemErrorMap().values()).get(code) ?? code;
}

export function cannotRead(file: string, cause: unknown): CommandError {
  const help = codeOf(cause) === "ENOENT" ? "Check the path." : "";
  return new CommandError(EXIT.unreachable, `Can't read ${file}: ${reasonOf(cause)}.`, help, cause);
}

/** The code by which Node.js names a problem with a file or a connection. */
export function codeOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return codeOf(cause.errors[0]);
  if (typeof cause === "object" && cause !== null && "code" in cause) return String(cause.code);
  return cause instanceof Error ? cause.message : String(cause);
}

/** A value's own fields; none for a value without fields. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
