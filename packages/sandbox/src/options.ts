import { z } from "zod";
import { SandboxError, sentencesOf } from "./errors.ts";

/** How a sandbox is started. */
export interface SandboxOptions {
  /** The TCP port; `0` takes a free one. @default 0 */
  readonly port?: number;
  /** The address to listen on; loopback only (`127.0.0.1`, `::1`, `localhost`). @default "127.0.0.1" */
  readonly host?: string;
  /** How many requests are kept; then the oldest goes, and `dropped` counts it. @default 20000 */
  readonly maxRecords?: number;
  /** The largest body that is read, in bytes; a larger one is answered 413. @default 1048576 */
  readonly maxBodyBytes?: number;
  /** The clock, in milliseconds since 1970. @default Date.now */
  readonly now?: () => number;
  /** Numbers from 0 to below 1, for faults with a probability. @default Math.random */
  readonly random?: () => number;
}

const isFunction = (value: unknown) => typeof value === "function";

const schema = z.strictObject({
  port: z.int().min(0).max(65535).default(0),
  host: z.string().default("127.0.0.1"),
  maxRecords: z.int().min(1).default(20_000),
  maxBodyBytes: z.int().min(1).max(268_435_456).default(1_048_576),
  now: z.custom<() => number>(isFunction, "must be a function").default(() => Date.now),
  random: z.custom<() => number>(isFunction, "must be a function").default(() => Math.random),
});

/** Fills in the defaults; throws an error that names every fault. */
export function parseOptions(input: SandboxOptions): Required<SandboxOptions> {
  const result = schema.safeParse(input);
  if (!result.success)
    throw new SandboxError(
      "sandbox.options",
      `The sandbox cannot start with these options. ${sentencesOf(result.error, "options")}`,
    );
  if (!isLoopback(result.data.host)) {
    throw new SandboxError(
      "sandbox.host",
      `The sandbox listens on loopback only, and ${JSON.stringify(result.data.host)} is not: its page shows everything that arrives. Leave host out, or use 127.0.0.1, ::1 or localhost.`,
    );
  }
  return result.data;
}

/** Whether a host name or address is this machine's own. */
export function isLoopback(host: string): boolean {
  return /^((.+\.)?localhost|127(\.\d{1,3}){3}|\[?::1\]?)$/i.test(host);
}
