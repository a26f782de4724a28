import { AvantLinkError } from "../errors.ts";
import { describeForeign } from "../foreign-error.ts";
import type { Runtime } from "../runtime.ts";
import type { TrackingEvent } from "./events.ts";

const QUIET_MS = 60_000;
// What most orders of most shops bear by their nature: worth a line when tracking is set up, and no more.
const SAID_ONCE: ReadonlySet<string> = new Set(["context.no-id"]);

/** Tells an event to whoever listens. */
export type Report = (event: TrackingEvent) => void;

/**
 * Hands events to the shop's listener. Where there is none, and for what the listener itself throws, problems go
 * to `console.warn`: one line a code a minute.
 */
export function createReport(
  onEvent: ((event: TrackingEvent) => void) | undefined,
  runtime: Runtime,
): Report {
  const lastWarned = new Map<string, number>();

  function warn(code: string, line: string): void {
    const now = runtime.now();
    const last = lastWarned.get(code);
    if (last !== undefined && (SAID_ONCE.has(code) || now - last < QUIET_MS)) return;
    lastWarned.set(code, now);
    console.warn(`[avantlink-s2s] ${code}: ${line}`);
  }

  function warnOf(event: TrackingEvent): void {
    const which = "orderNumber" in event && event.orderNumber !== "" ? ` (order ${event.orderNumber})` : "";
    if ("error" in event)
      warn(event.error.code, `${inOneLine(event.error.message)} ${event.error.help}${which}`);
    for (const finding of "findings" in event ? event.findings : []) {
      warn(finding.code, `${finding.path} ${finding.message}${which}`);
    }
  }

  const threw = (cause: unknown) => warnOf({ type: "problem", error: hookError("onEvent", cause) });

  return (event) => {
    if (!onEvent) return warnOf(event);
    try {
      const answer: unknown = onEvent(event);
      if (answer instanceof Promise) answer.catch(threw);
    } catch (cause) {
      threw(cause);
    }
  };
}

/** An error's message and its issues, each of which stands on a line of its own. */
function inOneLine(message: string): string {
  const [summary = "", ...issues] = message.split(/\n\s*/);
  return [summary, issues.join("; ")]
    .filter(Boolean)
    .map((part) => (/[.!?]$/.test(part) ? part : `${part}.`))
    .join(" ");
}

/** A function of the shop's threw. Its message is cut to a line and cleaned of what looks like a person's data. */
export function hookError(hook: string, cause: unknown): AvantLinkError {
  return new AvantLinkError("hook.threw", { detail: `${hook} threw ${describeForeign(cause)}.`, cause });
}
