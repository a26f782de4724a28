import type { StreamingBody } from "@avantlink-s2s/web/adapter";
import { NextRequest } from "next/server.js";

/** A request's copy with a body of its own. Next's own requests would copy to plain ones, without `cookies` and `nextUrl`. */
export function requestCopy(request: Request, streaming: StreamingBody): Request {
  const { url, method, headers } = request;
  if (!isNextRequest(request)) return new Request(url, { method, headers, ...streaming });
  const { basePath, pathname } = request.nextUrl;
  const nextConfig = { basePath, trailingSlash: pathname.endsWith("/") };
  return new NextRequest(url, { method, headers, nextConfig, ...streaming });
}

function isNextRequest(request: Request): request is NextRequest {
  return "nextUrl" in request && "cookies" in request;
}
