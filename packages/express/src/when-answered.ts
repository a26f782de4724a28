import type { Response } from "express";

/**
 * Calls back once, when the shop has begun to answer: right after the status is out, beside the response's own bytes.
 * `ended` resolves when the response has ended, or when the shopper is gone.
 *
 * A shopper who left before that may still be answered by a slow handler. Nothing is sent then, but the order was
 * placed, and Node writes no head. So the first call of `writeHead`, `write` or `end` counts, and each call is handed on
 * as it came. A file (`res.sendFile`) to a shopper who left is not seen: Express does not begin it.
 */
export function whenAnswered(response: Response, callback: (ended: Promise<void>) => void): void {
  const { end, write, writeHead } = response;
  let isBegun = false;
  const begin = () => {
    if (isBegun) return;
    isBegun = true;
    const ended = new Promise<void>((resolve) => {
      if (response.closed || response.writableFinished) resolve();
      response.once("finish", resolve).once("close", resolve);
    });
    // Behind the handler's own code, whose last line this may be.
    queueMicrotask(() => callback(ended));
  };
  response.writeHead = function (this: Response, ...args: Parameters<typeof writeHead>) {
    const result = Reflect.apply(writeHead, this, args);
    // 100 Continue and 103 Early Hints come before the answer.
    if (this.statusCode >= 200) begin();
    return result;
  } as typeof writeHead;
  response.write = function (this: Response, ...args: Parameters<typeof write>) {
    const result = Reflect.apply(write, this, args);
    begin();
    return result;
  } as typeof write;
  response.end = function (this: Response, ...args: Parameters<typeof end>) {
    const result = Reflect.apply(end, this, args);
    begin();
    return result;
  } as typeof end;
}
