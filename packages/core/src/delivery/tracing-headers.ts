type Sent = Readonly<Record<string, string>>;

/** What undici publishes of a request that it is about to send, as far as it matters here. */
interface CreatedRequest {
  readonly body?: unknown;
}

/** Keeps requests to the headers that they were made with. */
export interface HeaderLock {
  /** Nothing but these headers goes out with the request that has this very body. */
  readonly lock: (body: Uint8Array, headers: Sent) => void;
  readonly release: () => void;
}

/**
 * Tools that watch a shop's outgoing requests (OpenTelemetry, Sentry, any subscriber to undici's channel) add headers
 * such as `traceparent` and `baggage` to every request, also to those that go to a third party. Our requests are
 * recognized by their bodies and sealed against that, whether the other subscriber comes before or after this one.
 */
export function createHeaderLock(): HeaderLock {
  const { subscribe, unsubscribe } = process.getBuiltinModule("node:diagnostics_channel");
  const ours = new WeakMap<object, Sent>();

  function seal(message: unknown): void {
    const { request } = message as { readonly request: CreatedRequest };
    const headers = isObject(request.body) ? ours.get(request.body) : undefined;
    if (!headers) return;
    Object.defineProperties(request, {
      // A fresh list each time, so that what is pushed onto one is lost.
      headers: { get: () => Object.entries(headers).flat(), set: () => {} },
      addHeader: { value: () => request },
    });
  }

  subscribe("undici:request:create", seal);
  return {
    lock: (body, headers) => void ours.set(body, headers),
    release: () => void unsubscribe("undici:request:create", seal),
  };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}
