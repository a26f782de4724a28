import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { isHost, originOf, type RawRequest } from "@avantlink-s2s/core/adapter";

/** What Express adds to Node's request; a host that mounts Express's middleware may lack any of it. */
interface ExpressParts {
  readonly originalUrl?: string;
  readonly protocol?: string;
  readonly ip?: string | undefined;
  readonly app?: { get(name: string): unknown };
}

/**
 * An Express request, or Node's own, as core reads it: the public address by the app's own `trust proxy`, wherever the
 * middleware is mounted. Headers are copied, so that later changes by the shop do not show.
 */
export function rawRequest(given: IncomingMessage): RawRequest {
  const request: IncomingMessage & ExpressParts = given;
  // A web request has reached an Express tracker before.
  const headers: IncomingHttpHeaders =
    request.headers instanceof Headers ? Object.fromEntries(request.headers) : { ...request.headers };
  const header = (name: string): string | undefined => {
    const value = headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  };
  // `url` would lack the mount path.
  const target = request.originalUrl ?? request.url ?? "/";
  return {
    source: given,
    method: request.method ?? "GET",
    target,
    header,
    headers: () => new Headers(Object.entries(headers).flatMap(eachValue)),
    origin: () => originOf(request.protocol ?? schemeOf(request), publicHost(request, header)),
    ipAddress: () => (request.app ? request.ip : request.socket?.remoteAddress),
  };
}

function schemeOf({ socket }: IncomingMessage): string {
  return Reflect.get(Object(socket), "encrypted") === true ? "https" : "http";
}

/** The host with its port, which Express 4's `hostname` drops; a forwarded host only from a trusted proxy. */
function publicHost(
  { app, socket }: IncomingMessage & ExpressParts,
  header: RawRequest["header"],
): string | undefined {
  const trusts: unknown = app?.get("trust proxy fn");
  const isTrusted = typeof trusts === "function" && trusts(socket?.remoteAddress, 0) === true;
  const forwarded = isTrusted ? header("x-forwarded-host")?.split(",", 1)[0]?.trim() : undefined;
  if (forwarded !== undefined && isHost(forwarded)) return forwarded;
  return header("host") ?? header(":authority");
}

/** HTTP/2 has its request line among the headers, under names like `:path`, which `Headers` refuses. */
function eachValue([name, value]: [string, string | string[] | undefined]): [string, string][] {
  return name.startsWith(":") ? [] : [value ?? []].flat().map((each) => [name, each]);
}
