import type { OutgoingHttpHeader, OutgoingHttpHeaders } from "node:http";
import type { Response } from "express";

const NO_NAMES: ReadonlySet<string> = new Set();

/**
 * Calls back when status and headers are about to be written, again where Node refused what it was given. What the shop
 * hands to `writeHead`, in whichever of its forms, is set by then, so that the callback sees it, but for the status:
 * `response.statusCode` still has the old one. Middleware that was mounted before can no longer change these headers.
 */
export function beforeHeaders(
  response: Response,
  callback: (status: number) => void,
  names: ReadonlySet<string> = NO_NAMES,
): void {
  const { writeHead } = response;
  response.writeHead = function (this: Response, status: number, ...rest: unknown[]) {
    // Node also takes writeHead(200, undefined, headers) and writeHead(200, headers, null).
    const [reason, headers] = rest;
    setHeaders(this, headers ?? reason);
    callback(status);
    const given = typeof reason === "string" ? [status, reason] : [status];
    return withHeadersHeld(this, names, () => Reflect.apply(writeHead, this, given));
  } as typeof writeHead;
}

/** Lets `write` set any header but those of these names. */
function withHeadersHeld<Result>(
  response: Response,
  names: ReadonlySet<string>,
  write: () => Result,
): Result {
  const { setHeader, appendHeader, removeHeader } = response;
  const isHeld = (name: string) => names.has(String(name).toLowerCase());
  response.setHeader = (name, value) =>
    isHeld(name) ? response : Reflect.apply(setHeader, response, [name, value]);
  response.appendHeader = (name, value) =>
    isHeld(name) ? response : Reflect.apply(appendHeader, response, [name, value]);
  response.removeHeader = (name) => {
    if (!isHeld(name)) Reflect.apply(removeHeader, response, [name]);
  };
  try {
    return write();
  } finally {
    Object.assign(response, { setHeader, appendHeader, removeHeader });
  }
}

function setHeaders(response: Response, headers: unknown): void {
  if (Array.isArray(headers)) {
    const pairs = Array.isArray(headers[0]) ? headers : pairsOf(headers);
    for (const [name] of pairs) response.removeHeader(name);
    for (const [name, value] of pairs) response.appendHeader(name, value);
  } else if (typeof headers === "object" && headers !== null) {
    for (const [name, value] of Object.entries(headers as OutgoingHttpHeaders)) {
      if (name) response.setHeader(name, value as OutgoingHttpHeader);
    }
  }
}

/** Names and values by turns, as pairs. */
function pairsOf(headers: readonly string[]): readonly [string, string][] {
  return headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1]] as [string, string]] : []));
}
