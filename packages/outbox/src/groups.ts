import { MAX_ANSWER_MS } from "./in-time.ts";

/** How large groups may be, and how many may be under way. */
export interface GroupLimits {
  readonly size: number;
  readonly underWay: number;
}

/**
 * Does together what is asked for at the same time, and while other groups are under way: a store commits many about
 * as fast as one.
 */
export function inGroups<Item, Result>(
  doTogether: (items: readonly Item[]) => Promise<readonly (Result | Promise<Result>)[]>,
  limits: GroupLimits,
): (item: Item) => Promise<Result> {
  interface Waiting {
    readonly until: number;
    readonly item: Item;
    readonly resolve: (result: Result | Promise<Result>) => void;
    readonly reject: (cause: unknown) => void;
  }
  const waiting: Waiting[] = [];
  let underWay = 0;
  let scheduled = false;

  function schedule(): void {
    if (scheduled || waiting.length === 0 || underWay >= limits.underWay) return;
    scheduled = true;
    // No more than a promise's turn: the edge has no setImmediate, and what comes meanwhile joins the next group.
    queueMicrotask(() => {
      scheduled = false;
      refuseLate();
      if (waiting.length > 0) void next(waiting.splice(0, limits.size));
      schedule();
    });
  }

  /** A caller that waited so long has its answer: the store is silent. What is done now would be done twice. */
  function refuseLate(): void {
    const now = performance.now();
    const inTime = waiting.findIndex(({ until }) => until > now);
    const late = waiting.splice(0, inTime < 0 ? waiting.length : inTime);
    for (const { reject } of late) reject(new Error("The store did not answer in time"));
  }

  async function next(group: readonly Waiting[]): Promise<void> {
    underWay += 1;
    try {
      const results = await doTogether(group.map(({ item }) => item));
      for (const [index, { resolve }] of group.entries()) resolve(results[index] as Result);
    } catch (cause) {
      for (const { reject } of group) reject(cause);
    } finally {
      underWay -= 1;
      schedule();
    }
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ until: performance.now() + MAX_ANSWER_MS, item, resolve, reject });
      schedule();
    });
}
