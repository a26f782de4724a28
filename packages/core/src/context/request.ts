/**
 * A request as an adapter hands it over. Core asks for one part after the other, consent first: a part that throws
 * (a proxy function of the shop's, say) costs that part only.
 */
export interface RawRequest {
  /** The framework's own request, by which a landing on this very request is found again. */
  readonly source: object;
  /** The HTTP method, in upper case. */
  readonly method: string;
  /** Path and raw query as the browser sent them; `undefined` where the framework does not say. */
  readonly target: string | undefined;
  /** A request header by its lower-case name. */
  readonly header: (name: string) => string | undefined;
  /** All request headers, for the shop's consent hook. */
  readonly headers: () => Headers;
  /** Scheme and host as the shopper's browser knows them, such as `https://shop.example`. */
  readonly origin: () => string;
  /** The request's address as the server has it. A redirect to that origin leads to the public one. */
  readonly serverUrl?: string | undefined;
  /** The shopper's IP address, as the connection or the trusted proxies state it. */
  readonly ipAddress: () => string | undefined;
}

/** Makes a {@link RawRequest}. It may throw, where not even that much of the host's request can be read. */
export type RequestSource = () => RawRequest;

/** A request as core's own code reads it. Of its addresses only `origin` may throw. */
export interface ShopRequest extends Omit<RawRequest, "target"> {
  /** The page as the shopper's browser knows it: an absolute address with its raw query. */
  readonly url: string;
  /** Whether {@link url} is the page's, and not only the site's. */
  readonly isPageKnown: boolean;
}

/** What the shop's consent hook is given. */
export interface ConsentRequest {
  /** The page, as in {@link ShopRequest.url}. */
  readonly url: string;
  /** The request's headers. */
  readonly headers: Headers;
  /** The request's cookies by name, decoded. */
  readonly cookies: Readonly<Record<string, string>>;
}

/** Reports what a function of the shop's threw, by the function's name. */
export type HookThrew = (hook: string, cause: unknown) => void;

/**
 * Opens a request. `siteUrl` wins over whatever the request says of its host, the origin of an absolute request line
 * included. Where the origin cannot be read, the Host header stands for it.
 */
export function openRequest(raw: RawRequest, siteUrl: string | undefined, hookThrew: HookThrew): ShopRequest {
  const guarded = (read: () => string | undefined): string | undefined => {
    try {
      return read();
    } catch (cause) {
      hookThrew("trust proxy, or the request itself,", cause);
      return undefined;
    }
  };
  const origin = siteUrl ?? guarded(raw.origin) ?? originOf("http", raw.header("host"));
  return {
    ...raw,
    url: origin + pathAndQuery(raw.target ?? "/"),
    isPageKnown: raw.target !== undefined,
    ipAddress: () => guarded(raw.ipAddress),
  };
}

/** A web origin of a scheme and a host, with `localhost` for a host that is none. */
export function originOf(scheme: string | undefined, host: string | undefined): string {
  return `${scheme === "https" ? "https" : "http"}://${host !== undefined && isHost(host) ? host : "localhost"}`;
}

const HOST = /^[\w.-]+(?::\d{1,5})?$|^\[[\da-f:.]+\](?::\d{1,5})?$/i;

/** Whether a header's value is a host with or without port, and nothing else. */
export function isHost(value: string): boolean {
  return HOST.test(value);
}

/** A request line may hold a whole address, as it does towards a proxy. Its origin is the client's word. */
function pathAndQuery(target: string): string {
  const path = target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, "");
  return path.startsWith("/") ? path : `/${path}`;
}

/**
 * Whether a request comes from a browser. A payment provider's webhook has neither cookies nor the `Sec-Fetch-*`
 * headers of a browser: what it says of address and agent is the provider's own.
 */
export function isBrowser({ header }: Pick<RawRequest, "header">): boolean {
  return ["cookie", "sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user"].some(header);
}
