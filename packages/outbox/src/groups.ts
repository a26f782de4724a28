import { MAX_ANSWER_MS } from "./in-time.ts";

/** How groups are made. */
export interface Groups {
  readonly size: number;
  readonly underWay: number;
  /** Resolves when the next group may be taken. What is asked for meanwhile joins it. @default a promise's turn */
  readonly ready?: () => Promise<void>;
}

/**
 * Does together what is asked for at the same time, and while other groups are under way: a store commits many about
 * as fast as one.
 */
export function inGroups<Item, Result>(
  doTogether: (items: readonly Item[]) => Promise<readonly (Result | Promise<Result>)[]>,
  { size, underWay, ready = async () => {} }: Groups,
): (item: Item) => Promise<Result> {
  interface Waiting {
    readonly until: number;
    readonly item: Item;
    readonly resolve: (result: Result | Promise<Result>) => void;
    readonly reject: (cause: unknown) => void;
  }
  let waiting: Waiting[] = [];
  let places = underWay;

  async function next(): Promise<void> {
    if (places === 0 || waiting.length === 0) return;
    places -= 1;
    await ready();
    refuseLate();
    const group = waiting.splice(0, size);
    try {
      const results = group.length > 0 ? await doTogether(group.map(({ item }) => item)) : [];
      for (const [index, { resolve }] of group.entries()) resolve(results[index] as Result);
    } catch (cause) {
      for (const { reject } of group) reject(cause);
    }
    places += 1;
    void next();
  }

  /** A caller that waited so long has its answer: the store is silent. What is done now would be done twice. */
  function refuseLate(): void {
    const now = performance.now();
    for (const { until, reject } of waiting) {
      if (until <= now) reject(new Error("The store did not answer in time"));
    }
    waiting = waiting.filter(({ until }) => until > now);
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ until: performance.now() + MAX_ANSWER_MS, item, resolve, reject });
      void next();
    });
}
