import * as z from "zod/mini";
import type { Outcome } from "./retry.ts";
import { tidyText } from "./text.ts";

/** AvantLink's answer as it came over the wire. */
export interface Answer {
  readonly status: number;
  readonly retryAfter?: string | undefined;
  /** As much of the body as was read. */
  readonly body: string;
}

const success = z.object({ success: z.literal(true) });
const refusal = z.object({ error: z.optional(z.unknown()), error_key: z.optional(z.unknown()) });

const LONGEST_MESSAGE = 300;

/** What an answer means. Only `{"success": true}` with a 2xx status is a delivery. */
export function readAnswer(answer: Answer): Outcome {
  const body = parsed(answer.body);
  const ok = answer.status >= 200 && answer.status <= 299;
  if (ok && success.safeParse(body).success) return { kind: "delivered" };
  const told = refusal.safeParse(body);
  const error = told.success ? tidyText(told.data.error, LONGEST_MESSAGE) : "";
  const errorKey = told.success ? tidyText(told.data.error_key, LONGEST_MESSAGE) : "";
  const what = ok ? 'without {"success": true}' : "";
  return {
    kind: "answered",
    status: answer.status,
    reason: [`HTTP ${answer.status}`, what, errorKey && `[${errorKey}]`, error].filter(Boolean).join(" "),
    retryAfter: answer.retryAfter,
    errorKey: errorKey || undefined,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
