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
