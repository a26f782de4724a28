import type { Tracker } from "@avantlink-s2s/core";
import {
  type Adapter,
  adapterOf,
  type Landing,
  landsAgain,
  NO_SHARED_CACHE,
  SHARED_CACHE_HEADERS,
} from "@avantlink-s2s/core/adapter";
import type { RequestHandler, Response } from "express";
import { beforeHeaders } from "./before-headers.ts";
import { rawRequest } from "./raw-request.ts";

/**
 * Middleware that looks for affiliate landings (`?avad=…`): it keeps the click in first-party cookies and reports it.
 * A request without `avad` passes untouched. Mount it before the shop's pages.
 */
export function trackClicks(tracker: Tracker<never>): RequestHandler {
  const adapter = adapterOf(tracker);
  return (request, response, next) => {
    try {
      const landing = adapter.readLanding(() => rawRequest(request));
      if (landing.setCookies.length > 0) setPrivately(response, landing.setCookies);
      if (landing.click) sendClick(adapter, landing, response);
      if (landing.skipped === "consent") beforeHeaders(response, () => checkPolicy(adapter, response));
    } catch (cause) {
      adapter.hookThrew("trackClicks", cause);
    }
    next();
  };
}

const CACHE_HEADERS: ReadonlySet<string> = new Set(["cache-control", ...SHARED_CACHE_HEADERS]);

/** At the last moment, so that neither the cookies nor their privacy depend on what the shop sets, wherever. */
function setPrivately(response: Response, lines: readonly string[]): void {
  const set = () => {
    const others = [response.getHeader("Set-Cookie") ?? []].flat().map(String);
    response.setHeader("Set-Cookie", [...others.filter((line) => !lines.includes(line)), ...lines]);
    response.setHeader("Cache-Control", NO_SHARED_CACHE);
    for (const name of SHARED_CACHE_HEADERS) {
      if (response.hasHeader(name)) response.setHeader(name, NO_SHARED_CACHE);
    }
  };
  beforeHeaders(response, set, CACHE_HEADERS);
}

/** Once the answer is known: a redirect to a host without our cookies may land again, and that landing is the click. */
function sendClick(adapter: Adapter, landing: Landing, response: Response): void {
  let isSent = false;
  const send = (status: number) => {
    const location = response.getHeader("location");
    if (isSent || landsAgain(landing, status, location?.toString())) return;
    isSent = true;
    void adapter.trackLanding(landing);
  };
  beforeHeaders(response, send);
  // The shopper left before the shop answered.
  response.once("close", () => send(response.statusCode));
}

/** A landing that waits for consent is found again by the next request's Referer, if the shop's policy lets it through. */
function checkPolicy(adapter: Adapter, response: Response): void {
  adapter.checkReferrerPolicy(response.getHeader("referrer-policy")?.toString());
}
