import { codeOf } from "../foreign-error.ts";
import type { Answer } from "./answer.ts";
import { MAX_ANSWER_BYTES, TransportError, type TransportFactory } from "./transport.ts";

// The words and codes of Node.js, Bun and Deno for a request that found no connection. Workers have none of their own.
const NO_CONNECTION =
  /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|CONNECT_TIMEOUT|ConnectionRefused|FailedToOpenSocket|client error \(Connect\)|Unable to connect/;

/** Posts with the runtime's own fetch. No redirect is followed. */
export const fetchTransport: TransportFactory = () => ({
  async post({ url, headers, body, timeoutMs }) {
    const signal = AbortSignal.timeout(timeoutMs);
    // Older Workers throw at an option that they do not know.
    const uncached: RequestInit = "cache" in Request.prototype ? { cache: "no-store" } : {};
    try {
      const response = await fetch(url, {
        method: "POST",
        headers,
        body,
        signal,
        redirect: "manual",
        ...uncached,
      });
      return await readResponse(response);
    } catch (cause) {
      throw transportError(cause, signal.aborted ? timeoutMs : undefined);
    }
  },
  async close() {},
});

async function readResponse(response: Response): Promise<Answer> {
  let body = "";
  const decoder = new TextDecoder();
  const reader = response.body?.getReader();
  for (let length = 0; reader && length <= MAX_ANSWER_BYTES; ) {
    const { done, value } = await reader.read();
    if (done) break;
    length += value.byteLength;
    body += decoder.decode(value, { stream: true });
  }
  await reader?.cancel();
  return { status: response.status, retryAfter: response.headers.get("retry-after") ?? undefined, body };
}

function transportError(cause: unknown, timedOutMs: number | undefined): TransportError {
  if (timedOutMs !== undefined) {
    return new TransportError(`AvantLink did not answer within ${timedOutMs} ms`, true);
  }
  const code = codeOf(cause);
  const shown = code === "" ? "" : ` (${code})`;
  const said = cause instanceof Error ? cause.message : "";
  return NO_CONNECTION.test(`${code} ${said}`)
    ? new TransportError(`Can't connect to AvantLink${shown}`, false)
    : new TransportError(`The connection to AvantLink broke${shown}`, true);
}
