import { keptBody } from "./kept-body.ts";

/** A copy whose body nobody has read yet. */
export interface UnreadCopy<Message extends Request | Response> {
  readonly message: Message;
  /** Drops the copy's body if it was not read. */
  discard(): void;
}

/** A stream as a `Request` is made with it. */
export interface StreamingBody {
  readonly body: ReadableStream<Uint8Array>;
  readonly duplex: "half";
}

/** Gives a copy to who reads it, and drops what they left of its body. */
export async function readCopy<Message extends Request | Response, Read>(
  { message, discard }: UnreadCopy<Message>,
  read: (message: Message) => Read | Promise<Read>,
): Promise<Read> {
  try {
    return await read(message);
  } finally {
    discard();
  }
}

/**
 * A copy of a request, so that the handler and `resolveOrder` can both read the body. `copyOf` makes the copy. Only the
 * body of a POST is copied: any other request with a body confirms no order.
 */
export function unreadRequest<R extends Request>(
  request: R,
  method: string,
  copyOf: (request: R, streaming: StreamingBody) => Request,
): UnreadCopy<R> {
  const body = method === "POST" ? unreadBody(request) : null;
  if (!body) return { message: request, discard() {} };
  const message = copyOf(request, { body, duplex: "half" });
  return { message: message as R, discard: () => discard(message) };
}

/** A plain request's copy. */
export function plainCopy(request: Request, streaming: StreamingBody): Request {
  const { url, method, headers } = request;
  return new Request(url, { method, headers, ...streaming });
}

/** A copy of a response, since reading the original would leave the page empty. */
export function unreadResponse(response: Response): UnreadCopy<Response> {
  const { status, statusText, headers } = response;
  const message = new Response(unreadBody(response), { status, statusText, headers });
  return { message, discard: () => discard(message) };
}

/** A copy of the body, unless it is empty or read already. */
function unreadBody(message: Request | Response): ReadableStream<Uint8Array> | null {
  const { body, bodyUsed } = message;
  if (!body || bodyUsed || body.locked) return null;
  const copy = message.clone().body;
  return copy && keptBody(copy);
}

function discard({ body, bodyUsed }: Request | Response): void {
  if (body && !bodyUsed && !body.locked) body.cancel().catch(() => {});
}
