import { AvantLinkError, type ErrorCode } from "../errors.ts";
import { describeForeign } from "../foreign-error.ts";
import type { Runtime } from "../runtime.ts";
import { createConsoleReport, type Print } from "./console.ts";
import type { TrackingEvent } from "./events.ts";

/** Reports an event to the shop. Never throws. */
export type Report = (event: TrackingEvent) => void;

/**
 * Hands events to the shop's listener. Without a listener, problems are printed to the console, and so is what the
 * listener itself throws.
 */
export function createReport(
  onEvent: ((event: TrackingEvent) => void) | undefined,
  runtime: Runtime,
  print?: Print,
): Report {
  const printed = createConsoleReport(runtime, print);
  if (!onEvent) return printed;
  const threw = (cause: unknown) => printed({ type: "problem", error: hookError("onEvent", cause) });

  return (event) => {
    try {
      const answer: unknown = onEvent(event);
      if (answer instanceof Promise) answer.catch(threw);
    } catch (cause) {
      threw(cause);
    }
  };
}

/** A function of the shop's threw. Its message is cut to a line and cleaned of what looks like a person's data. */
export function hookError(hook: string, cause: unknown): AvantLinkError {
  return new AvantLinkError("hook.threw", { detail: `${hook} threw ${describeForeign(cause)}.`, cause });
}

/** Reports a problem of the shop's setup, the first time only. */
export type WarnOnce = (code: ErrorCode, detail?: string) => void;

export function createWarnOnce(report: Report): WarnOnce {
  const warned = new Set<ErrorCode>();
  return (code, detail) => {
    if (warned.has(code)) return;
    warned.add(code);
    report({ type: "problem", error: new AvantLinkError(code, { detail }) });
  };
}
