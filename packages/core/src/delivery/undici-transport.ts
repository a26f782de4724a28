import type { Dispatcher } from "undici";
import type { Answer } from "./answer.ts";
import { createHeaderLock, type HeaderLock } from "./tracing-headers.ts";
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
  let place: { readonly url: string; readonly origin: string; readonly pathname: string } | undefined;

  async function open(): Promise<Dispatcher> {
    const { Agent, EnvHttpProxyAgent } = await import("undici");
    const options = { connections, pipelining: 1, connect: { timeout: CONNECT_TIMEOUT_MS } };
    return loopback ? new Agent(options) : new EnvHttpProxyAgent(options);
  }

  /** Orders go to one address, so it is taken apart once. */
  function placeOf(url: string): NonNullable<typeof place> {
    if (place?.url !== url) {
      const { origin, pathname } = new URL(url);
      place = { url, origin, pathname };
    }
    return place;
  }

  return {
    async post({ url, headers, body, timeoutMs }) {
      opened ??= open();
      const dispatcher = await opened;
      const { origin, pathname } = placeOf(url);
      const bytes = Buffer.from(body);
      headerLock ??= createHeaderLock();
      headerLock.lock(bytes, headers);
      return new Promise<Answer>((resolve, reject) => {
        const exchange = new Exchange(timeoutMs, resolve, reject);
        // The exchange's own deadline bounds all of it.
        const limits = { headersTimeout: 0, bodyTimeout: 0 };
        try {
          const request = {
            origin,
            path: pathname,
            method: "POST",
            headers,
            body: bytes,
            ...limits,
          } as const;
          dispatcher.dispatch(request, exchange);
        } catch (cause) {
          exchange.fail(cause);
        }
      });
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

/** One request on its way and the answer to it, with one deadline from connecting to the last byte. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly #timeoutMs: number;
  readonly #resolve: (answer: Answer) => void;
  readonly #reject: (error: TransportError) => void;
  readonly #deadline: ReturnType<typeof setTimeout>;
  #controller: Dispatcher.DispatchController | undefined;
  #late = false;
  #status = 0;
  #retryAfter: string | undefined;
  readonly #chunks: Buffer[] = [];
  #length = 0;

  constructor(timeoutMs: number, resolve: (answer: Answer) => void, reject: (error: TransportError) => void) {
    this.#timeoutMs = timeoutMs;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#deadline = setTimeout(() => this.#expire(), timeoutMs);
    // Nobody's process has to stay for it: an order that was not delivered is tried again.
    this.#deadline.unref();
  }

  /** A request that waited for its connection until it was too late is not sent any more. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#late) controller.abort(new Error("too late"));
  }

  onResponseStart(
    _: Dispatcher.DispatchController,
    status: number,
    headers: Readonly<Record<string, string | string[] | undefined>>,
  ): void {
    this.#status = status;
    const retryAfter = headers["retry-after"];
    this.#retryAfter = typeof retryAfter === "string" ? retryAfter : retryAfter?.[0];
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    if (this.#length <= LONGEST_ANSWER) return;
    this.#answer();
    controller.abort(new Error("too long"));
  }

  onResponseEnd(): void {
    this.#answer();
  }

  onResponseError(_: Dispatcher.DispatchController, cause: unknown): void {
    this.fail(cause);
  }

  fail(cause: unknown): void {
    clearTimeout(this.#deadline);
    this.#reject(transportError(cause, this.#late, this.#timeoutMs));
  }

  #expire(): void {
    this.#late = true;
    const cause = new Error("too late");
    this.#controller?.abort(cause);
    this.fail(cause);
  }

  #answer(): void {
    clearTimeout(this.#deadline);
    const [first] = this.#chunks;
    const bytes = this.#chunks.length === 1 && first ? first : Buffer.concat(this.#chunks);
    const body = bytes.toString("utf8", 0, LONGEST_ANSWER);
    this.#resolve({ status: this.#status, retryAfter: this.#retryAfter, body });
  }
}

function transportError(cause: unknown, late: boolean, timeoutMs: number): TransportError {
  const code = codeOf(cause);
  if (NEVER_SENT.has(code)) return new TransportError(`No connection (${code})`, false, cause);
  if (late) return new TransportError(`No complete answer within ${timeoutMs} ms`, true, cause);
  return new TransportError(`The connection broke (${code})`, true, cause);
}

function codeOf(cause: unknown): string {
  if (cause instanceof AggregateError && cause.errors.length > 0) return codeOf(cause.errors[0]);
  if (typeof cause === "object" && cause !== null && "code" in cause) return String(cause.code);
  return cause instanceof Error ? cause.name : "unknown";
}
