import type { Runtime } from "@avantlink-s2s/core";
import type { Response } from "express";

/** How long a handler may go on for a shopper who left in the middle of the page. A pipe never ends it. */
const MAX_HANDLER_MS = 10_000;

/**
 * Calls back once, when the shop has begun to answer: right after the status is out, beside the response's own bytes.
 * `ended` resolves when the handler has ended the response; ten seconds after a shopper left, if it has not.
 *
 * A shopper who left before that may still be answered by a slow handler. Nothing is sent then, but the order was
 * placed, and Node writes no head. So the first call of `writeHead`, `write` or `end` counts, and each call is handed on
 * as it came. A file (`res.sendFile`) to a shopper who left is not seen: Express does not begin it.
 */
export function whenAnswered(
  response: Response,
  { after }: Pick<Runtime, "after">,
  callback: (ended: Promise<void>) => void,
): void {
  const { end, write, writeHead } = response;
  let isBegun = false;
  let ending = () => {};
  const begin = () => {
    if (isBegun) return;
    isBegun = true;
    const ended = new Promise<void>((resolve) => {
      ending = resolve;
      const closed = () => (response.writableEnded ? resolve() : void after(MAX_HANDLER_MS, resolve));
      if (response.closed || response.writableFinished) closed();
      else response.once("finish", resolve).once("close", closed);
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
    // A shopper who left sees no finish.
    if (this.closed) queueMicrotask(ending);
    return result;
  } as typeof end;
}
