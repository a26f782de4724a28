import type { z } from "zod";

/** What can be wrong with a call to the sandbox; stable, fit for a `switch`. */
export type SandboxErrorCode =
  | "sandbox.options"
  | "sandbox.host"
  | "sandbox.port"
  | "sandbox.fault"
  | "sandbox.waited"
  | "sandbox.closed";

/** The one error that the sandbox throws. Its message says what to do. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";

  /** Which rule was broken. */
  readonly code: SandboxErrorCode;

  constructor(code: SandboxErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What is wrong with a value, fault by fault; `whole` is the name of the value itself. */
export function sentencesOf({ issues }: z.ZodError, whole: string): string {
  return issues.map(({ path, message }) => `${path.join(".") || whole}: ${message}.`).join(" ");
}
