import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";
import { buffer } from "node:stream/consumers";
import type { TrackingEvent } from "@avantlink-s2s/core";
import { plainEvent, type ShopPage } from "./shop.ts";

/** An event of a shop, reduced to plain JSON. */
export interface SuiteEvent {
  readonly type: string;
  readonly code?: string | undefined;
  readonly kind?: string | undefined;
  readonly reason?: string | undefined;
  readonly orderNumber?: string | undefined;
}

/** Keeps the events of a shop, and lets a test await the events to come. */
export function suiteEvents() {
  const all: SuiteEvent[] = [];
  const looks = new Set<() => void>();
  const keep = (event: SuiteEvent) => {
    all.push(event);
    for (const look of looks) look();
  };
  return {
    keep,
    onEvent: (event: TrackingEvent) => keep(plainEvent(event)),
    eventThat: (fits: (event: SuiteEvent) => boolean) =>
      new Promise<readonly SuiteEvent[]>((resolve) => {
        const look = () => {
          const fitting = all.filter(fits);
          if (fitting.length === 0) return;
          looks.delete(look);
          resolve(fitting);
        };
        looks.add(look);
        look();
      }),
  };
}

/** A running shop of the suite. */
export interface SuiteShop {
  readonly url: string;
  /** The path of a page of the suite. */
  readonly path: (page: ShopPage) => string;
  /** Resolves with the events that fit, as soon as there is at least one. */
  eventThat(fits: (event: SuiteEvent) => boolean): Promise<readonly SuiteEvent[]>;
  close(): Promise<void>;
}

/** An answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly setCookies: readonly string[];
  readonly body: Buffer;
}

/** How a page is asked for. */
export interface Visit {
  readonly method?: string;
  /** Beside those of a browser that opens a page; an empty value leaves one out. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

export const USER_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

const NAVIGATION = {
  "user-agent": USER_AGENT,
  accept: "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8",
  "sec-fetch-dest": "document",
  "sec-fetch-mode": "navigate",
};

/** A shopper's browser, as far as the suite needs one: it says who it is and keeps its cookies. It follows nothing. */
export class Browser {
  readonly cookies = new Map<string, string>();
  readonly #shop: Pick<SuiteShop, "url" | "path">;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(shop: Pick<SuiteShop, "url" | "path">, headers: Readonly<Record<string, string>> = {}) {
    this.#shop = shop;
    this.#headers = headers;
  }

  /** Asks for a page of the suite. */
  visit(page: ShopPage, query = "", visit: Visit = {}): Promise<RawAnswer> {
    return this.open(this.#shop.path(page) + query, visit);
  }

  /** Asks for any address of the shop. */
  async open(path: string, { method, headers, body }: Visit = {}): Promise<RawAnswer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const given = { ...NAVIGATION, cookie, ...this.#headers, ...headers };
    const sent = Object.entries(given).filter(([, value]) => value !== "");
    const asked = request(this.#shop.url + path, {
      method: method ?? "GET",
      headers: Object.fromEntries(sent),
      agent: false,
    });
    asked.end(body);
    const [response]: IncomingMessage[] = await once(asked, "response");
    if (!response) throw new Error("There was no response.");
    const setCookies = response.headers["set-cookie"] ?? [];
    for (const line of setCookies) this.#take(line);
    return {
      status: response.statusCode ?? 0,
      headers: response.headers,
      setCookies,
      body: await buffer(response),
    };
  }

  /** A page of the shop that answers JSON. */
  async json(page: ShopPage, query = "", visit: Visit = {}): Promise<Record<string, unknown>> {
    const { body, status } = await this.visit(page, query, visit);
    const parsed: unknown = JSON.parse(body.toString());
    if (status !== 200 || typeof parsed !== "object" || parsed === null) throw new Error(`${status} ${body}`);
    return { ...parsed };
  }

  #take(line: string): void {
    const [pair = ""] = line.split(";", 1);
    const at = pair.indexOf("=");
    if (/;\s*max-age=0/i.test(line)) this.cookies.delete(pair.slice(0, at));
    else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
}

/** A cookie, and the hosts to which a browser sends it. */
interface KeptCookie {
  readonly pair: string;
  readonly hostname: string;
  readonly isShared: boolean;
  readonly isSecure: boolean;
}

/**
 * Opens a public address of a shop behind a proxy as a browser does: it follows redirects, and sends each host the
 * cookies that are meant for it. Gives each address, with the cookies that it was sent.
 */
export async function followRedirects(
  shop: Pick<SuiteShop, "url" | "path">,
  start: string,
): Promise<readonly { readonly address: string; readonly cookie: string }[]> {
  const kept: KeptCookie[] = [];
  const visits: { address: string; cookie: string }[] = [];
  for (let next: URL | undefined = new URL(start); next; ) {
    const at: URL = next;
    const sent = kept.filter((cookie) => isSentTo(cookie, at));
    const cookie = sent.map(({ pair }) => pair).join("; ");
    visits.push({ address: at.href, cookie });
    const { host, pathname, search } = at;
    const proxied = { "x-forwarded-host": host, "x-forwarded-proto": at.protocol.slice(0, -1) };
    const { headers, setCookies } = await new Browser(shop).open(pathname + search, {
      headers: { host, cookie, ...proxied },
    });
    kept.push(...setCookies.map((line) => keptCookie(line, at)));
    next = headers.location === undefined ? undefined : new URL(headers.location, at);
    // Next 15 redirects to the server's own origin. nginx makes the public one of it, by default.
    if (next?.port === new URL(shop.url).port) next = new URL(next.pathname + next.search, at.origin);
  }
  return visits;
}

function keptCookie(line: string, { hostname }: URL): KeptCookie {
  const [pair = ""] = line.split(";", 1);
  const domain = /;\s*domain=([^;]+)/i.exec(line)?.[1];
  return {
    pair,
    hostname: domain ?? hostname,
    isShared: domain !== undefined,
    isSecure: /;\s*secure/i.test(line),
  };
}

function isSentTo({ hostname, isShared, isSecure }: KeptCookie, { protocol, hostname: other }: URL): boolean {
  if (isSecure && protocol !== "https:") return false;
  return other === hostname || (isShared && other.endsWith(`.${hostname}`));
}

/** What of an answer a shop decides: everything but when it was sent and over which connection. */
export function shopsOwn({ status, headers, body }: RawAnswer) {
  const { date: _date, connection: _connection, "keep-alive": _keepAlive, ...rest } = headers;
  return { status, headers: rest, body: body.toString("latin1") };
}

/** A value of a sandbox record's body, by path. */
export function sent(record: { readonly body: unknown } | undefined, path: string): unknown {
  return path.split(".").reduce<unknown>((at, key) => Reflect.get(Object(at), key), record?.body);
}
