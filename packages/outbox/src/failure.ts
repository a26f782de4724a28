import { AvantLinkError } from "@avantlink-s2s/core";

/** The store did not take it. */
export function unavailable(cause: unknown, detail?: string): AvantLinkError {
  if (cause instanceof AvantLinkError) return cause;
  return new AvantLinkError("outbox.unavailable", {
    detail: detail ?? (cause instanceof Error ? `(${cause.message})` : undefined),
    cause,
  });
}
