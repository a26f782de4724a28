import { isHost, isNearby, type ShopRequest } from "@avantlink-s2s/core/adapter";
import type { Request } from "express";

/**
 * An Express request as core reads it: the public address by the app's own `trust proxy`, wherever it is mounted. A
 * copy: what the shop does to the request afterwards does not show.
 */
export function shopRequest(request: Request, siteUrl: string | undefined): ShopRequest {
  const headers = { ...request.headers };
  const header = (name: string): string | undefined => headerText(headers[name]);
  const origin =
    siteUrl ?? `${request.protocol === "https" ? "https" : "http"}://${publicHost(request, header)}`;
  return {
    method: request.method,
    // `url` would lack the mount path; a proxy's absolute-form request line already has the origin.
    url: request.originalUrl.startsWith("/") ? origin + request.originalUrl : request.originalUrl,
    header,
    headers: () => new Headers(Object.entries(headers).flatMap(eachValue)),
    ipAddress: request.ip,
  };
}

/** A header's values as one. */
export function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(", ") : value;
}

/** Whether a machine nearby passed the request on for somebody, and Express makes nothing of it. */
export function isBehindUntrustedProxy({ headers, socket, app }: Request): boolean {
  const { remoteAddress = "" } = socket;
  return (
    headers["x-forwarded-for"] !== undefined && !isTrusted(app, remoteAddress) && isNearby(remoteAddress)
  );
}

function isTrusted(app: Request["app"], address: string | undefined): boolean {
  const trusts: unknown = app.get("trust proxy fn");
  return typeof trusts === "function" && trusts(address, 0) === true;
}

/** The host with its port, which Express 4's `hostname` drops; a forwarded one only from a trusted proxy. */
function publicHost(request: Request, header: (name: string) => string | undefined): string {
  const trusted = isTrusted(request.app, request.socket.remoteAddress);
  const forwarded = trusted ? header("x-forwarded-host")?.split(",", 1)[0]?.trim() : undefined;
  const host = forwarded || header("host") || "";
  return isHost(host) ? host : "localhost";
}

function eachValue([name, value]: [string, string | string[] | undefined]): [string, string][] {
  return [value ?? []].flat().map((each) => [name, each]);
}
