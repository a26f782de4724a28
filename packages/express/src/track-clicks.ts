import type { Tracker } from "@avantlink-s2s/core";
import { adapterAccess, PRIVATELY, SHARED_CACHE_HEADERS } from "@avantlink-s2s/core/adapter";
import type { Request, RequestHandler, Response } from "express";
import { beforeHead } from "./before-head.ts";
import { landingOf, rememberLanding } from "./context-of.ts";
import { headerText, shopRequest } from "./express-request.ts";

/**
 * Middleware that notices affiliate landings (`?avad=…`): it keeps the click in first-party cookies and reports it.
 * A request without `avad` passes untouched. Mount it before the shop's pages.
 */
export function trackClicks(tracker: Tracker): RequestHandler {
  const access = adapterAccess(tracker);

  function notice(request: Request, response: Response): void {
    const { originalUrl: url, headers } = request;
    const glance = { url, referrer: headers.referer, signal: headerText(headers["sec-gpc"]) };
    if (!access.mayLand(glance) || landingOf(request, access)) return;
    const landing = access.land(shopRequest(request, access.siteUrl));
    if (landing.setCookies.length > 0) setPrivately(response, landing.setCookies);
    rememberLanding(request, access, landing.context);
    if (landing.click) void tracker.trackClick(landing.click);
  }

  return (request, response, next) => {
    try {
      notice(request, response);
    } catch (cause) {
      access.threw("trackClicks", cause);
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
    response.setHeader("Cache-Control", PRIVATELY);
    for (const name of SHARED_CACHE_HEADERS) {
      if (response.hasHeader(name)) response.setHeader(name, PRIVATELY);
    }
  };
  beforeHead(response, set, CACHE_HEADERS);
}
