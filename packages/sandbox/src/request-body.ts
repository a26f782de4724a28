import type { IncomingMessage } from "node:http";

/** What became of reading a body. */
export type BodyRead =
  | { readonly kind: "read"; readonly bytes: Buffer }
  | { readonly kind: "too-large" }
  | { readonly kind: "aborted" };

/** How many times the allowed size is read and thrown away, so that an honest caller hears the rejection. */
const patience = 16;

/** Reads a request's body, and keeps no more of it than allowed. */
export function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyRead> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= maxBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (size > maxBytes * patience) {
        request.pause();
        resolve({ kind: "too-large" });
      }
    });
    request.on("end", () => {
      resolve(size > maxBytes ? { kind: "too-large" } : { kind: "read", bytes: Buffer.concat(chunks) });
    });
    request.on("close", () => resolve({ kind: "aborted" }));
    request.on("error", () => resolve({ kind: "aborted" }));
  });
}

const MAX_PARSED_LENGTH = 65_536;

/** The JSON of a body of a usual size; nothing when it is none. */
export function parsed(raw: string): unknown {
  if (raw.length > MAX_PARSED_LENGTH) return undefined;
  try {
    return JSON.parse(raw);
  } catch {
    return undefined;
  }
}
