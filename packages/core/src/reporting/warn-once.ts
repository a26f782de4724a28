import { AvantLinkError, type ErrorCode } from "../errors.ts";
import type { Report } from "./report.ts";

/** Reports a problem of the shop's setup, the first time only. */
export type WarnOnce = (code: ErrorCode, detail?: string) => void;

export function createWarnOnce(report: Report): WarnOnce {
  const warned = new Set<ErrorCode>();
  return (code, detail) => {
    if (warned.has(code)) return;
    warned.add(code);
    report({ type: "problem", error: new AvantLinkError(code, detail === undefined ? {} : { detail }) });
  };
}
