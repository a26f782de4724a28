import type { buildConnector } from "undici";
import { codeOf } from "../foreign-error.ts";
import { systemRuntime, within } from "../runtime.ts";
import type { Answer } from "./answer.ts";
import { decodedText } from "./content-encoding.ts";
import { fetchTransport } from "./fetch-transport.ts";
import {
  MAX_ANSWER_BYTES,
  type Transport,
  TransportError,
  type TransportFactory,
  type TransportOptions,
} from "./transport.ts";

const CONNECT_TIMEOUT_MS = 5_000;
const PROXY_VARIABLES = ["http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "no_proxy", "NO_PROXY"];

/** What of the undici package is used. */
export type Undici = Pick<
  typeof import("undici"),
  "Agent" | "EnvHttpProxyAgent" | "buildConnector" | "request"
>;

export const loadUndici = () => import("undici");

/**
 * The transport of Node.js and its like, chosen at the first delivery by what the runtime can do: undici where it
 * works, else the runtime's own fetch. Bun puts a module of its own in undici's place, which cannot dispatch. undici
 * reads the environment, at which Deno throws without --allow-env.
 */
export function chooseTransport(
  load: () => Promise<unknown> = loadUndici,
  readVariable: (name: string) => unknown = (name) => process.env[name],
): TransportFactory {
  return (options) => {
    let chosen: Promise<Transport> | undefined;
    const choose = async () => {
      const undici = await usable().catch(() => undefined);
      return isUndici(undici) ? undiciTransport(undici, options) : fetchTransport(options);
    };
    const usable = async () => {
      for (const name of PROXY_VARIABLES) readVariable(name);
      return load();
    };
    return {
      async post(request) {
        chosen ??= choose();
        return (await chosen).post(request);
      },
      async close() {
        const closing = chosen;
        chosen = undefined;
        await (await closing)?.close();
      },
    };
  };
}

function isUndici(module: unknown): module is Undici {
  return typeof (module as Partial<Undici> | undefined)?.Agent?.prototype?.dispatch === "function";
}

/**
 * Posts through undici's keep-alive connections. No redirect is followed. A proxy that the environment names is used,
 * except towards this machine.
 */
export function undiciTransport(undici: Undici, { loopback }: TransportOptions): Transport {
  const { Agent, EnvHttpProxyAgent, buildConnector } = undici;
  const connect = withoutContinue(buildConnector({ timeout: CONNECT_TIMEOUT_MS }));
  const dispatcher = new (loopback ? Agent : EnvHttpProxyAgent)({ pipelining: 1, connect });
  const requests = watchRequests();

  async function exchange(options: Parameters<typeof undici.request>[1], url: string): Promise<Answer> {
    const response = await undici.request(url, options);
    // A body that is destroyed emits an error, which would be unhandled.
    response.body.on("error", () => {});
    const chunks: Uint8Array[] = [];
    let length = 0;
    for await (const chunk of response.body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_ANSWER_BYTES) break;
    }
    const bytes = Buffer.concat(chunks);
    const encoding = [response.headers["content-encoding"]].flat()[0];
    return {
      status: response.statusCode,
      retryAfter: [response.headers["retry-after"]].flat()[0],
      body:
        encoding === undefined ? bytes.toString("utf8", 0, MAX_ANSWER_BYTES) : decodedText(bytes, encoding),
    };
  }

  return {
    async post({ url, headers, body, timeoutMs }) {
      const bytes = Buffer.from(body);
      requests.seal(bytes, headers);
      const deadline = new AbortController();
      // The one deadline bounds all of it.
      const limits = { headersTimeout: 0, bodyTimeout: 0, signal: deadline.signal };
      const answering = exchange({ dispatcher, method: "POST", headers, body: bytes, ...limits }, url);
      const failure = (cause: unknown, timedOutMs?: number) => {
        const wasWritten = requests.isWritten(bytes);
        return new TransportError(messageOf(cause, wasWritten, timedOutMs), wasWritten);
      };
      // undici heeds its signal only once it has a connection.
      const answered = await within(answering, timeoutMs, systemRuntime).catch((cause: unknown) => {
        throw failure(cause);
      });
      if (answered !== "late") return answered.value;
      deadline.abort();
      throw failure(undefined, timeoutMs);
    },
    async close() {
      await dispatcher.destroy();
      requests.release();
    },
  };
}

const CONTINUE = /^HTTP\/1\.1 100[\s\S]*?\r\n\r\n/;

/**
 * A server may send `100 Continue` without being asked, and a client ignores it (RFC 9110, section 15.2). undici
 * breaks the connection instead, so such a head is left out of what undici reads from the socket.
 */
function withoutContinue(connector: buildConnector.connector): buildConnector.connector {
  return (options, callback) =>
    connector(options, (...[error, socket]) => {
      if (error) return callback(error, null);
      const read = socket.read.bind(socket);
      socket.read = (size) => {
        let chunk: Buffer | null = read(size);
        for (;;) {
          const [head = ""] = CONTINUE.exec(chunk?.toString("latin1", 0, 4_096) ?? "") ?? [];
          if (!chunk || head === "") return chunk;
          chunk = head.length < chunk.length ? chunk.subarray(head.length) : read(size);
        }
      };
      callback(null, socket);
    });
}

/** What undici publishes of a request, as far as it matters here. */
interface PublishedRequest {
  readonly body: object;
}

/**
 * Watches our requests, recognized by their bodies, in what undici publishes. Tools that watch a shop's outgoing requests
 * (OpenTelemetry, Sentry, any subscriber to the same channel) add headers such as `traceparent` and `baggage` to every
 * request, also to those that go to a third party. Ours are sealed against that, whether the other subscriber comes
 * before or after this one.
 */
function watchRequests() {
  const { subscribe, unsubscribe } = process.getBuiltinModule("node:diagnostics_channel");
  const headersOf = new WeakMap<object, Readonly<Record<string, string>>>();
  const written = new WeakSet<object>();

  // One for all requests: the engine would take a closure a request for another shape of object.
  const sealed: PropertyDescriptorMap & ThisType<PublishedRequest> = {
    headers: {
      // A fresh list each time, so that what is pushed onto one is lost.
      get() {
        return Object.entries(headersOf.get(this.body) ?? {}).flat();
      },
      set() {},
    },
    addHeader: {
      value() {
        return this;
      },
    },
  };

  function created(message: unknown): void {
    const { request } = message as { readonly request: PublishedRequest };
    if (headersOf.has(request.body)) Object.defineProperties(request, sealed);
  }

  function sent(message: unknown): void {
    const { request } = message as { readonly request: PublishedRequest };
    written.add(Object(request.body));
  }

  subscribe("undici:request:create", created);
  subscribe("undici:client:sendHeaders", sent);
  return {
    /** Nothing but these headers goes out with the request that has this very body. */
    seal: (body: object, headers: Readonly<Record<string, string>>) => void headersOf.set(body, headers),
    /** Whether a first byte of this body's request was written to a connection. */
    isWritten: (body: object) => written.has(body),
    release() {
      unsubscribe("undici:request:create", created);
      unsubscribe("undici:client:sendHeaders", sent);
    },
  };
}

function messageOf(cause: unknown, wasWritten: boolean, timedOutMs: number | undefined): string {
  if (timedOutMs !== undefined) {
    return wasWritten
      ? `AvantLink did not answer within ${timedOutMs} ms`
      : `No connection to AvantLink within ${timedOutMs} ms`;
  }
  const code = codeOf(cause) || (cause instanceof Error ? cause.name : "unknown");
  if (wasWritten) return `The connection to AvantLink broke (${code})`;
  // undici says it in the message only.
  const [, proxyStatus] =
    /^Proxy response \((\d{3})\)/.exec(cause instanceof Error ? cause.message : "") ?? [];
  if (proxyStatus === "407") {
    return "The proxy requires authentication (407): put user and password into the proxy's address (HTTPS_PROXY)";
  }
  return proxyStatus === undefined
    ? `Can't connect to AvantLink (${code})`
    : `The proxy refused the connection to AvantLink (${proxyStatus})`;
}
