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
  const whenGone = () => {
    if (response.headersSent) settle();
    else if (!called) watchVoid(response, settle);
  };
  response.on("finish", settle);
  response.on("close", whenGone);
  // The shopper left while something mounted before us was at work: neither event comes any more.
  if (response.closed) whenGone();
}

/**
 * Once the connection broke, no event tells of the answer any more. Node drops a body written to nobody before it
 * writes a status, and what compresses, streams or delays a response may never reach its end: so the first of all
 * these is watched for, and handed on as it came. Of a file (`res.sendFile`) nothing is to be seen: it is not begun.
 */
function watchVoid(response: Response, settle: () => void): void {
  const { end, write, writeHead } = response;
  response.write = function (this: Response, ...args: Parameters<typeof write>) {
    const result = Reflect.apply(write, this, args);
    settle();
    return result;
  } as typeof write;
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
