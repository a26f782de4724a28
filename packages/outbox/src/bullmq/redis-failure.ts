import { AvantLinkError } from "@avantlink-s2s/core";

// An error of ioredis carries the command's arguments: the password or the order. So no error object of the engine's
// and no text of its own leaves this file, only the code at the beginning of that text.
const SENTENCES: Readonly<Record<string, string>> = {
  ECONNREFUSED: "Nothing listens at the address of Redis.",
  ECONNRESET: "Redis closed the connection.",
  ENOENT: "The socket file of Redis does not exist.",
  ENOTFOUND: "The host name of Redis does not exist.",
  ETIMEDOUT: "Redis does not answer.",
  LOADING: "Redis is still loading its data.",
  MISCONF: "Redis cannot write to its disk.",
  NOAUTH: "Redis asks for a password. Set it in the connection option.",
  NOPERM: "The Redis user may not run the commands that the outbox needs.",
  NOREPLICAS: "Redis has fewer replicas than min-replicas-to-write asks for.",
  OOM: "The memory of Redis is full (maxmemory).",
  READONLY: "This Redis is a read-only replica. Connect to the primary.",
  WRONGPASS: "Redis rejected the user or the password. Check the connection option.",
};
const WORDLESS: readonly [RegExp, string][] = [
  [/timed out|does not answer/i, "Redis does not answer."],
  [/closed|enableOfflineQueue|max retries|slots cache|startup nodes/i, "The connection to Redis is broken."],
];

/** An AvantLinkError for whatever Redis, ioredis or BullMQ threw, with nothing of it but what went wrong. */
export function redisFailure(cause: unknown): AvantLinkError {
  if (cause instanceof AvantLinkError) return cause;
  return new AvantLinkError("outbox.unavailable", { detail: sentenceOn(cause) });
}

function sentenceOn(cause: unknown): string {
  const code = failureCode(cause);
  const sentence = code && SENTENCES[code];
  if (sentence) return `${sentence} (${code})`;
  const message = cause instanceof Error ? cause.message : "";
  const known = WORDLESS.find(([pattern]) => pattern.test(message));
  if (known) return known[1];
  return code ? `Redis answered with an error (${code}).` : "Redis failed.";
}

/** The operating system's code, or the word in capitals at the beginning of what Redis answered. */
export function failureCode(cause: unknown): string | undefined {
  if (!(cause instanceof Error)) return undefined;
  if ("code" in cause && typeof cause.code === "string") return cause.code;
  return /^-?([A-Z]{3,20})\b/.exec(cause.message)?.[1];
}
