import { NextRequest } from "next/server.js";
import { keptBody } from "./kept-body.ts";

/** A copy whose body nobody has read yet. */
export interface UnreadCopy<Message extends Request | Response> {
  readonly message: Message;
  /** Lets go of a body that was not read. */
  discard(): void;
}

/** A copy of a request, so that the handler and the shop's resolver can both read the body. */
export function unreadRequest<R extends Request>(request: R, method: string): UnreadCopy<R> {
  if (method === "GET" || !isUnread(request)) return { message: request, discard() {} };
  const copy = request.clone();
  const body = keptBody(copy);
  // Next's own requests copy to plain ones, without `cookies` and `nextUrl`.
  const message = isNextRequest(request) ? nextRequest(request, body) : new Request(copy, streaming(body));
  return { message: message as R, discard: () => discard(message) };
}

/** A copy of a response. Reading the response itself would leave it empty. */
export function unreadResponse(response: Response): UnreadCopy<Response> {
  const { status, statusText, headers } = response;
  const body = isUnread(response) ? keptBody(response.clone()) : null;
  const message = new Response(body, { status, statusText, headers });
  return { message, discard: () => discard(message) };
}

/** Whether there is a body that can still be copied. */
function isUnread({ body, bodyUsed }: Request | Response): boolean {
  return body !== null && !bodyUsed && !body.locked;
}

function isNextRequest(request: Request): request is NextRequest {
  return "nextUrl" in request && "cookies" in request;
}

function nextRequest({ nextUrl, url, method, headers }: NextRequest, body: ReadableStream): NextRequest {
  return new NextRequest(url, {
    method,
    headers,
    nextConfig: { basePath: nextUrl.basePath, trailingSlash: nextUrl.pathname.endsWith("/") },
    ...streaming(body),
  });
}

function streaming(body: ReadableStream) {
  return { body, duplex: "half" } as const;
}

function discard({ body, bodyUsed }: Request | Response): void {
  if (body && !bodyUsed && !body.locked) body.cancel().catch(() => {});
}
