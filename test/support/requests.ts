import type { ContextSettings, ReadTools } from "../../packages/core/src/context/read-request.ts";
import type { RawRequest } from "../../packages/core/src/context/request.ts";

/** A request of a shopper's browser, as an adapter hands it to core. */
export function rawRequest(
  target: string,
  headers: Readonly<Record<string, string>> = {},
  changes: Partial<RawRequest> = {},
): RawRequest {
  return {
    source: {},
    method: "GET",
    target,
    header: (name) => headers[name],
    headers: () => new Headers({ ...headers }),
    origin: () => "https://shop.example",
    ipAddress: () => "203.0.113.7",
    ...changes,
  };
}

/** What a shop that sets no option reads a request by. */
export function contextSettings(changes: Partial<ContextSettings> = {}): ContextSettings {
  return {
    siteUrl: undefined,
    loopback: false,
    consent: undefined,
    globalPrivacyControl: "honor",
    ipAddress: "full",
    keepParameters: [],
    cookies: {
      names: { avad: "avad", visitor: "avad_visitor", gclid: "avad_gclid" },
      domain: undefined,
      days: 365,
      sameSite: "lax",
    },
    ...changes,
  };
}

export const NO_REPORTS: ReadTools = {
  landed: new WeakMap(),
  hookThrew() {},
  proxyAddress() {},
  cookieTwice() {},
};
