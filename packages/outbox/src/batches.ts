import { inTime, MAX_ANSWER_MS } from "./store-timeout.ts";

// Upper bound with the wait for other batches. Longer than an answer, so that a store that gives up first has not done it.
const MAX_BATCHED_MS = 2_900;

/** How batches are made. */
export interface Batches {
  readonly size: number;
  readonly underWay: number;
  /** Resolves when the next batch may be taken. What is asked for meanwhile joins it. @default a promise's turn */
  readonly ready?: () => Promise<void>;
  /** A clock in milliseconds. @default the process's own */
  readonly now?: () => number;
}

/**
 * Does together what is asked for at the same time, and while other batches are under way: a store commits many about
 * as fast as one.
 */
export function inBatches<Item, Result>(
  doBatch: (items: readonly Item[]) => Promise<readonly (Result | Promise<Result>)[]>,
  { size, underWay, ready = async () => {}, now = () => performance.now() }: Batches,
): (item: Item) => Promise<Result> {
  interface Waiting {
    readonly until: number;
    readonly item: Item;
    readonly resolve: (result: Result | Promise<Result>) => void;
    readonly reject: (cause: unknown) => void;
  }
  const waiting: Waiting[] = [];
  let places = underWay;

  async function next(): Promise<void> {
    if (places === 0 || waiting.length === 0) return;
    places -= 1;
    await ready();
    refuseLate();
    const batch = waiting.splice(0, size);
    try {
      const results = batch.length > 0 ? await doBatch(batch.map(({ item }) => item)) : [];
      for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
    } catch (cause) {
      for (const { reject } of batch) reject(cause);
    }
    places += 1;
    void next();
  }

  /**
   * A caller that waited so long has its answer: the store is silent. What is done now would be done twice, and what is
   * kept would fill the memory for as long as the store is silent.
   */
  function refuseLate(): void {
    const at = now();
    const first = waiting.findIndex(({ until }) => until > at);
    for (const { reject } of waiting.splice(0, first === -1 ? waiting.length : first)) {
      reject(new Error("The store did not answer in time"));
    }
  }

  return (item) =>
    inTime(
      new Promise<Result>((resolve, reject) => {
        refuseLate();
        waiting.push({ until: now() + MAX_ANSWER_MS, item, resolve, reject });
        void next();
      }),
      "The store",
      MAX_BATCHED_MS,
    );
}
