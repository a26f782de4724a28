import type { Dispatcher } from "undici";
import type { Answer } from "./answer.ts";
import { createHeaderLock, type HeaderLock } from "./delivery-headers.ts";
import { LONGEST_ANSWER, TransportError, type TransportFactory } from "./transport.ts";

const CONNECT_TIMEOUT_MS = 5_000;

// The request cannot have been read when there was no connection to write it to.
const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

/**
 * Posts through undici's keep-alive pool, which is loaded at the first delivery. No redirect is followed. A proxy
 * that the environment names is used, except towards this machine.
 */
export const undiciTransport: TransportFactory = ({ connections, loopback }) => {
  let opened: Promise<Dispatcher> | undefined;
  let headerLock: HeaderLock | undefined;

  async function open(): Promise<Dispatcher> {
    const { Agent, EnvHttpProxyAgent } = await import("undici");
    const options = { connections, pipelining: 1, connect: { timeout: CONNECT_TIMEOUT_MS } };
    return loopback ? new Agent(options) : new EnvHttpProxyAgent(options);
  }

  return {
    async post({ url, headers, body, timeoutMs }) {
      opened ??= open();
      const dispatcher = await opened;
      const { origin, pathname } = new URL(url);
      const bytes = Buffer.from(body);
      headerLock ??= createHeaderLock();
      headerLock.lock(bytes, headers);
      const signal = AbortSignal.timeout(timeoutMs);
      try {
        const response = await dispatcher.request({
          origin,
          path: pathname,
          method: "POST",
          headers,
          body: bytes,
          signal,
          headersTimeout: timeoutMs,
          bodyTimeout: timeoutMs,
        });
        return await readResponse(response);
      } catch (cause) {
        throw transportError(cause, signal, timeoutMs);
      }
    },
    async close() {
      const dispatcher = await opened;
      opened = undefined;
      await dispatcher?.destroy();
      headerLock?.release();
      headerLock = undefined;
    },
  };
};

async function readResponse(response: Dispatcher.ResponseData): Promise<Answer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response.body) {
    chunks.push(chunk);
    length += chunk.length;
    // Leaving the loop destroys the body, and its socket with it.
    if (length > LONGEST_ANSWER) break;
  }
  const retryAfter = response.headers["retry-after"];
  return {
    status: response.statusCode,
    retryAfter: typeof retryAfter === "string" ? retryAfter : retryAfter?.[0],
    body: Buffer.concat(chunks).toString("utf8", 0, LONGEST_ANSWER),
  };
}

function transportError(cause: unknown, signal: AbortSignal, timeoutMs: number): TransportError {
  const code = codeOf(cause);
  if (NEVER_SENT.has(code)) return new TransportError(`No connection (${code})`, false, cause);
  if (signal.aborted) return new TransportError(`No complete answer within ${timeoutMs} ms`, true, cause);
  return new TransportError(`The connection broke (${code})`, true, cause);
}

function codeOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return codeOf(cause.errors[0]);
  if (typeof cause === "object" && cause !== null && "code" in cause) return String(cause.code);
  return cause instanceof Error ? cause.name : "unknown";
}
