import { cleanLine } from "../foreign-error.ts";
import type { Runtime } from "../runtime.ts";
import type { TrackingEvent } from "./events.ts";
import { SKIP_REASONS } from "./skip-reasons.ts";

const QUIET_MS = 60_000;
// Ordinary orders have these: information about the setup, and no problem.
const PRINTED_ONCE: ReadonlySet<string> = new Set(["context.no-id", "context.no-page", "mapper.skipped"]);
// A shop that sees these may lose orders.
const SUSPICIOUS_SKIPS: ReadonlySet<string> = new Set(["no-order", "not-confirmed", "method"]);

/** Prints lines. */
export type Print = Pick<Console, "warn" | "info">;

interface Line {
  readonly level: keyof Print;
  /** What is printed at most once a minute: the code and the field. */
  readonly key: string;
  readonly text: string;
}

/**
 * What a shop without a listener reads: one line a code and field a minute. The lines left out are counted, and the
 * last of them is printed with their number when the minute is over.
 */
export function createConsoleReport(
  runtime: Runtime,
  print: Print = console,
): (event: TrackingEvent) => void {
  const quiet = new Map<string, { omitted: number; last: Line }>();

  function write(line: Line, omitted = 0): void {
    const more = omitted > 0 ? ` (${omitted} more like this in the last minute)` : "";
    print[line.level](`[avantlink-s2s] ${line.text}${more}`);
    const since = { omitted: 0, last: line };
    quiet.set(line.key, since);
    if (PRINTED_ONCE.has(line.key)) return;
    runtime.after(QUIET_MS, () => {
      quiet.delete(line.key);
      if (since.omitted > 0) write(since.last, since.omitted - 1);
    });
  }

  return (event) => {
    for (const line of linesOf(event)) {
      const since = quiet.get(line.key);
      if (!since) {
        write(line);
      } else {
        since.omitted += 1;
        since.last = line;
      }
    }
  };
}

function linesOf(event: TrackingEvent): readonly Line[] {
  const which = "orderNumber" in event && event.orderNumber !== "" ? ` (order ${event.orderNumber})` : "";
  const lines: Line[] = [];
  if ("error" in event) {
    const { code, message, help, issues } = event.error;
    const key = [code, ...issues.map(({ path }) => fieldOf(path))].join(" ");
    lines.push({ level: "warn", key, text: `${code}: ${inOneLine(message)} ${help}${which}` });
  }
  if (event.type === "skipped" && event.kind === "order") {
    const known: Readonly<Record<string, string>> = SKIP_REASONS;
    const why = known[event.reason] ?? `The shop skipped it: ${cleanLine(event.reason)}.`;
    const level = SUSPICIOUS_SKIPS.has(event.reason) ? "warn" : "info";
    lines.push({
      level,
      key: `skipped ${event.reason}`,
      text: `skipped: An order is not sent. ${why}${which}`,
    });
  }
  for (const { code, path, message } of "findings" in event ? event.findings : []) {
    const once = PRINTED_ONCE.has(code);
    const key = once ? code : `${code} ${fieldOf(path)}`;
    lines.push({ level: once ? "info" : "warn", key, text: `${code}: ${path} ${message}${which}` });
  }
  return lines;
}

/** `products[].sku` for any product's. */
function fieldOf(path: string): string {
  return path.replace(/\[\d+\]/g, "[]");
}

/** An error's message and its issues, each of which stands on a line of its own. */
function inOneLine(message: string): string {
  const [summary = "", ...issues] = message.split(/\n\s*/);
  return [summary, issues.join("; ")]
    .filter(Boolean)
    .map((part) => (/[.!?]$/.test(part) ? part : `${part}.`))
    .join(" ");
}
