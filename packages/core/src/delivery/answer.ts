import { cutText, publicWords, tidyText } from "../privacy/scrub.ts";

/** AvantLink's answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly retryAfter?: string | undefined;
  /** As much of the body as was read. */
  readonly body: string;
}

/** What one POST came to. */
export type Outcome =
  | { readonly kind: "delivered" }
  /** AvantLink answered, but not that it has the order. */
  | {
      readonly kind: "answered";
      readonly status: number;
      /** Whether AvantLink refused this one body, and would refuse it again. */
      readonly isRefused: boolean;
      /** A sentence without its full stop that may be printed: status, error key and known phrases. */
      readonly reason: string;
      readonly retryAfter?: string | undefined;
      readonly errorKey?: string | undefined;
      /** AvantLink's own words, cleaned; they may repeat what was sent, so only the dead letter keeps them. */
      readonly words?: string | undefined;
    }
  /** No answer. `mayHaveArrived` is false when nothing of the request was sent. */
  | { readonly kind: "failed"; readonly reason: string; readonly mayHaveArrived: boolean };

// These statuses refuse this one body: the same body would get the same answer again.
const BODY_REFUSED: ReadonlySet<number> = new Set([400, 413, 415, 422]);
const MAX_WORDS = 300;
// Names and dots only: a key that AvantLink made of a shopper's value would hold more.
const ERROR_KEY = /^[a-z]\w{0,60}(?:\.[a-z]\w{0,60}){0,9}$/i;
// AvantLink's texts that hold no value of a shopper's.
const KNOWN_PHRASES: ReadonlySet<string> = new Set([
  "You must provide at least one tracking id in order to generate a episode_id.",
]);

/** What an answer means. Only `{"success": true}` with a 2xx status is a delivery. */
export function readAnswer(answer: Answer): Outcome {
  const body = fieldsOf(answer.body);
  const ok = answer.status >= 200 && answer.status <= 299;
  if (ok && body.success === true) return { kind: "delivered" };
  const errorKey =
    typeof body.error_key === "string" && ERROR_KEY.test(body.error_key) ? body.error_key : undefined;
  const words = cutText(publicWords(tidyText(body.error, 2 * MAX_WORDS)), MAX_WORDS);
  const known = KNOWN_PHRASES.has(words) ? `: ${words.replace(/\.$/, "")}` : "";
  const key = errorKey === undefined ? "" : ` (${errorKey})`;
  return {
    kind: "answered",
    status: answer.status,
    isRefused: BODY_REFUSED.has(answer.status),
    reason: `AvantLink answered ${answer.status}${ok ? ' without {"success": true}' : ""}${key}${known}`,
    retryAfter: answer.retryAfter,
    errorKey,
    words: words || undefined,
  };
}

/** What of AvantLink's JSON is looked at; nothing where the text is no JSON object. */
function fieldsOf(text: string): {
  readonly success?: unknown;
  readonly error?: unknown;
  readonly error_key?: unknown;
} {
  try {
    // A byte-order mark may stand before it.
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ""));
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
