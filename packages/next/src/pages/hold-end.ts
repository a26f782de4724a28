import type { ServerResponse } from "node:http";

/** Lets something be done right before a response ends. */
export interface HeldEnd {
  /** Resolves once the response was really ended, if it was held. */
  released(): Promise<void>;
}

/**
 * Holds the end of a response while `before` works, which answers nothing where the response may end at once.
 * What the shop gave to `end` goes out afterwards, unchanged.
 */
export function holdEnd(response: ServerResponse, before: () => Promise<unknown> | undefined): HeldEnd {
  const end = response.end;
  let held: Promise<void> | undefined;
  response.end = function (this: ServerResponse, ...args: Parameters<typeof end>) {
    response.end = end;
    const work = before();
    if (!work) return Reflect.apply(end, response, args);
    // A second end is none, as ever.
    response.end = () => response;
    held = work.then(() => {
      response.end = end;
      Reflect.apply(end, response, args);
    });
    return response;
  } as typeof end;
  return { released: async () => held };
}
