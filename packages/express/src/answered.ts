import type { Response } from "express";

/**
 * Calls back once, when the shop has answered: the response was sent, or the shopper's connection broke once its
 * status was out. A shopper who left before that may still be answered by a slow handler, into the void: that
 * counts too, for the order was placed.
 */
export function whenAnswered(response: Response, callback: () => void): void {
  let called = false;
  const settle = () => {
    if (called) return;
    called = true;
    callback();
  };
  response.on("finish", settle);
  response.on("close", () => {
    if (response.headersSent) settle();
    else if (!called) watchVoid(response, settle);
  });
}

/**
 * Once the connection broke, no event tells of the answer any more. Node drops a body written to nobody before it
 * writes a status, and what compresses or delays a response may never reach its end: so both are watched, and handed
 * on as they came.
 */
function watchVoid(response: Response, settle: () => void): void {
  const { end, writeHead } = response;
  response.end = function (this: Response, ...args: Parameters<typeof end>) {
    const result = Reflect.apply(end, this, args);
    settle();
    return result;
  } as typeof end;
  response.writeHead = function (this: Response, ...args: Parameters<typeof writeHead>) {
    const result = Reflect.apply(writeHead, this, args);
    settle();
    return result;
  } as typeof writeHead;
}
