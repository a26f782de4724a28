import { isHost, type ShopRequest, tidyIpAddress } from "@avantlink-s2s/core/adapter";
import type { Request } from "express";

/** An Express request as core reads it: the public address by the app's own `trust proxy`, wherever it is mounted. */
export function shopRequest(request: Request, siteUrl: string | undefined): ShopRequest {
  const header = (name: string): string | undefined => {
    const value = request.headers[name];
    return Array.isArray(value) ? value.join(", ") : value;
  };
  const origin =
    siteUrl ?? `${request.protocol === "https" ? "https" : "http"}://${publicHost(request, header)}`;
  return {
    method: request.method,
    // `url` would lack the mount path; a proxy's absolute-form request line already has the origin.
    url: request.originalUrl.startsWith("/") ? origin + request.originalUrl : request.originalUrl,
    header,
    headers: () => new Headers(Object.entries(request.headers).flatMap(eachValue)),
    ipAddress: tidyIpAddress(request.ip),
  };
}

/** The host with its port, which Express 4's `hostname` drops; a forwarded one only from a trusted proxy. */
function publicHost(request: Request, header: (name: string) => string | undefined): string {
  const trusts: unknown = request.app.get("trust proxy fn");
  const trusted = typeof trusts === "function" && trusts(request.socket.remoteAddress, 0) === true;
  const forwarded = trusted ? header("x-forwarded-host")?.split(",", 1)[0]?.trim() : undefined;
  const host = forwarded || header("host") || "";
  return isHost(host) ? host : "localhost";
}

function eachValue([name, value]: [string, string | string[] | undefined]): [string, string][] {
  return [value ?? []].flat().map((each) => [name, each]);
}
