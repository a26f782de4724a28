// Where Vercel and other platforms keep what they offer to the request at hand.
const PLATFORM_CONTEXTS = ["@next/request-context", "@vercel/request-context"].map(Symbol.for);

/** What the server knows of a request beside the request itself. */
export interface Host {
  /**
   * Lets work go on after the response: `ctx.waitUntil` of a Worker. Where it is given, the delivery is handed over
   * to it; a Worker without it may be stopped before AvantLink has the order.
   */
  readonly waitUntil?: ((work: Promise<unknown>) => void) | undefined;
  /** The address of the connection's other end. Called only where it is needed; behind a proxy see `trustedProxies`. */
  readonly ipAddress?: (() => string | undefined) | undefined;
}

/** A web request with what its server knows of it. */
export interface HostedRequest extends Host {
  readonly request: Request;
  /** The page's address where the framework changed the request's, as it does to fetch a page's data. */
  readonly url?: string | undefined;
}

/** The `waitUntil` of what a platform hands to a request, if it has one, with its object: a Worker's `ctx` needs that. */
export function waitUntilOf(platform: unknown): Host["waitUntil"] {
  const waitUntil: unknown = Reflect.get(Object(platform), "waitUntil");
  return typeof waitUntil === "function" ? (work) => waitUntil.call(platform, work) : undefined;
}

/** A request whose work may go on after the response by the platform's own way, where nobody gave another. */
export function onPlatform<Hosted extends Host>(hosted: Hosted): Hosted {
  return { ...hosted, waitUntil: hosted.waitUntil ?? platformWaitUntil() };
}

/** The platform's own way to run on after a response, where it has one. */
export function platformWaitUntil(): Host["waitUntil"] {
  for (const name of PLATFORM_CONTEXTS) {
    const waitUntil = waitUntilOf(Object(Reflect.get(globalThis, name)).get?.());
    if (waitUntil) return waitUntil;
  }
  return undefined;
}
