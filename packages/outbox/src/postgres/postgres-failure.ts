import { AvantLinkError, type ErrorCode } from "@avantlink-s2s/core";

export const READ_ONLY = "The server accepts no writes. Connect to the primary, not to a replica.";

/** What a failure's SQLSTATE asks of the shop, by the beginning of the code. */
const WORDS: readonly (readonly [sqlstate: string, code: ErrorCode, words: string])[] = [
  [
    "42501",
    "outbox.unfit",
    "The user may not do that. Run the statement of postgresSchema() as the tables' owner, and GRANT the user its rights.",
  ],
  [
    "42P01",
    "outbox.unfit",
    "The outbox's tables are gone. Run the statement of postgresSchema(), or start the shop again.",
  ],
  [
    "3F000",
    "outbox.unfit",
    "The outbox's schema is gone. Run the statement of postgresSchema(), or start the shop again.",
  ],
  ["28", "outbox.unavailable", "Can't log in. Check the user and the password."],
  ["3D000", "outbox.unavailable", "There is no such database."],
  ["25006", "outbox.unavailable", READ_ONLY],
  ["25P0", "outbox.unavailable", "Give the client of an open transaction that has not failed."],
  ["53300", "outbox.unavailable", "There are too many connections."],
  ["55P03", "outbox.unavailable", "Another open transaction holds this order."],
  ["57014", "outbox.unavailable", "The statement was canceled; its time-out was too short."],
  ["57P0", "outbox.unavailable", "The server is shutting down or starting."],
  ["40", "outbox.unavailable", "Another transaction was in the way."],
];

/**
 * The one place where an error of a PostgreSQL client becomes ours. Only its code goes on: its message, its detail
 * and its properties may hold an order or a password.
 */
export function postgresFailure(cause: unknown): AvantLinkError {
  if (cause instanceof AvantLinkError && !Reflect.get(cause, "cause")) return cause;
  const origin: unknown = cause instanceof AvantLinkError ? cause.cause : cause;
  if (origin instanceof AvantLinkError) return origin;
  const sqlstate = String(Reflect.get(Object(origin), "code") ?? "");
  const [, code = "outbox.unavailable", words = ""] =
    WORDS.find(([beginning]) => sqlstate.startsWith(beginning)) ?? [];
  const named = /^\w{1,40}$/.test(sqlstate) ? ` (${sqlstate})` : "";
  return new AvantLinkError(code, {
    detail: `PostgreSQL${named}: ${words || "it failed or did not answer."}`,
  });
}
