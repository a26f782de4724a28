/** Pages that the shop has answered and whose order is still being resolved or stored. */
export interface Confirmations {
  /** Counts as under way until the work has settled. */
  during(work: Promise<unknown>): void;
  /** Resolves when none is under way. */
  idle(): Promise<void>;
}

export function createConfirmations(): Confirmations {
  const underWay = new Set<Promise<unknown>>();
  return {
    during(work) {
      const done = () => {
        underWay.delete(settled);
      };
      const settled: Promise<void> = work.then(done, done);
      underWay.add(settled);
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
