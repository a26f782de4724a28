import { NextRequest } from "next/server.js";

/** A copy whose body nobody has read yet. */
export interface UnreadCopy<Message extends Request | Response> {
  readonly message: Message;
  /** Lets go of a body that was not read, which the host would otherwise keep. */
  discard(): void;
}

/** A copy of a request, so that the handler and the shop's resolver can both read the body. */
export function unreadRequest<R extends Request>(request: R, method: string): UnreadCopy<R> {
  if (method === "GET" || request.bodyUsed) return { message: request, discard() {} };
  const copy = request.clone();
  // Next's own requests copy to plain ones, without `cookies` and `nextUrl`.
  const message = isNextRequest(request) ? nextRequest(request, copy) : copy;
  return { message: message as R, discard: () => discard(message) };
}

/** A copy of a response, since reading the one that goes out would leave it empty. */
export function unreadResponse(response: Response): UnreadCopy<Response> {
  const message =
    response.bodyUsed || response.body?.locked
      ? new Response(null, { status: response.status, headers: response.headers })
      : response.clone();
  return { message, discard: () => discard(message) };
}

function isNextRequest(request: Request): request is NextRequest {
  return "nextUrl" in request && "cookies" in request;
}

function nextRequest({ nextUrl }: NextRequest, { url, method, headers, body }: Request): NextRequest {
  const streaming = { duplex: "half" } as const;
  return new NextRequest(url, {
    method,
    headers,
    body,
    nextConfig: { basePath: nextUrl.basePath, trailingSlash: nextUrl.pathname.endsWith("/") },
    ...streaming,
  });
}

function discard({ body, bodyUsed }: Request | Response): void {
  if (body && !bodyUsed && !body.locked) body.cancel().catch(() => {});
}
