import { cutText, publicWords, tidyText } from "../privacy/detect.ts";
import type { Outcome } from "./retry.ts";

/** AvantLink's answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly retryAfter?: string | undefined;
  /** As much of the body as was read. */
  readonly body: string;
}

const LONGEST_MESSAGE = 300;

/** What an answer means. Only `{"success": true}` with a 2xx status is a delivery. */
export function readAnswer(answer: Answer): Outcome {
  const body = fieldsOf(answer.body);
  const ok = answer.status >= 200 && answer.status <= 299;
  if (ok && body.success === true) return { kind: "delivered" };
  const error = told(body.error);
  const errorKey = told(body.error_key);
  const what = ok ? 'without {"success": true}' : "";
  return {
    kind: "answered",
    status: answer.status,
    reason: [`HTTP ${answer.status}`, what, errorKey && `[${errorKey}]`, error].filter(Boolean).join(" "),
    retryAfter: answer.retryAfter,
    errorKey: errorKey || undefined,
  };
}

/** Words for people and logs: AvantLink may repeat what it was sent. */
function told(value: unknown): string {
  return cutText(publicWords(tidyText(value, 2 * LONGEST_MESSAGE)), LONGEST_MESSAGE);
}

/** What of AvantLink's JSON is looked at; nothing where the text is no JSON object. */
function fieldsOf(text: string): {
  readonly success?: unknown;
  readonly error?: unknown;
  readonly error_key?: unknown;
} {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
