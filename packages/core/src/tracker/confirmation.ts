/** Whether the answer to such a request shows a shopper that the order was placed. */
export function isConfirmation(method: string | undefined, status: number): boolean {
  return isConfirmingMethod(method) && ((status >= 200 && status <= 299) || status === 304);
}

/** Whether a request of this method can confirm an order at all. */
export function isConfirmingMethod(method: string | undefined): boolean {
  return method === "GET" || method === "POST";
}

/** Pages that the shop has answered and whose order is still being resolved or stored. */
export interface Confirmations {
  /** Counts as under way until the work has ended, well or not. */
  during(work: Promise<unknown>): void;
  /** Resolves when none is under way. */
  idle(): Promise<void>;
}

export function createConfirmations(): Confirmations {
  const underWay = new Set<Promise<unknown>>();
  return {
    during(work) {
      const done = () => {
        underWay.delete(ended);
      };
      const ended: Promise<void> = work.then(done, done);
      underWay.add(ended);
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
