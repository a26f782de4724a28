import { basename } from "node:path";

export type Level = "info" | "warn" | "error";

const self = basename(process.argv[1] ?? "", ".ts");

/** One line of JSON on stdout, for whatever collects them. Never give it anything of a shopper's. */
export function log(level: Level, event: string, about: Readonly<Record<string, unknown>> = {}): void {
  const time = new Date().toISOString();
  console.log(JSON.stringify({ time, level, process: self, pid: process.pid, event, ...about }));
}

/** What can be said of an error in a log. */
export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
