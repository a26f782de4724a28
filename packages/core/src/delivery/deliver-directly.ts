import type { Deliver, OutboxJob, Verdict } from "../outbox/outbox.ts";
import { RecentKeys } from "../recent-keys.ts";
import type { Delivery } from "./deliver.ts";

const MAX_DIRECT = 10_000;
// Enough for the seconds between a delivery and the error of the put that had stored the order all the same.
const MAX_HANDED_OUT = 1_000;

/** Orders that the outbox could not store: each gets one POST at once, and is remembered if AvantLink confirmed it. */
export interface DirectDelivery {
  /** Whether AvantLink confirmed this order; nothing when the order was not tried, or tried in vain. */
  attempt(key: string): Promise<boolean> | undefined;
  /** Sends an order, unless it is being sent or was confirmed; whether AvantLink confirmed it. */
  send(job: OutboxJob): Promise<boolean>;
  /**
   * Delivers what the outbox hands out, unless it was delivered directly: a put that failed may have stored its order
   * all the same.
   */
  readonly deliver: Deliver;
  /** Resolves when no direct delivery is under way. */
  idle(): Promise<void>;
}

/** At most `concurrency` direct deliveries run at a time, beside those of the outbox. */
export function createDirectDelivery(
  delivery: Pick<Delivery, "deliverDirectly" | "deliverOrder">,
  { concurrency }: { readonly concurrency: number },
): DirectDelivery {
  const attempts = new RecentKeys<Promise<boolean>>(MAX_DIRECT);
  const handedOut = new RecentKeys<Promise<Verdict>>(MAX_HANDED_OUT);
  const underWay = new Set<Promise<boolean>>();
  const waiting: (() => void)[] = [];
  let busy = 0;

  async function post(job: OutboxJob): Promise<boolean> {
    if (busy < concurrency) busy += 1;
    else await new Promise<void>((resolve) => void waiting.push(resolve));
    const delivered = await delivery.deliverDirectly({ ...job, attempts: 0 });
    // The slot goes to the next order in the same turn, so that no later order gets it first.
    const next = waiting.shift();
    if (next) next();
    else busy -= 1;
    return delivered;
  }

  function begin(job: OutboxJob): Promise<boolean> {
    const attempt = post(job).then((delivered) => {
      underWay.delete(attempt);
      if (!delivered) attempts.delete(job.key);
      return delivered;
    });
    underWay.add(attempt);
    attempts.set(job.key, attempt);
    return attempt;
  }

  /** What was handed out is stored after all, and the outbox's to try again, unless it is a dead letter now. */
  async function afterHandedOut(stored: Promise<Verdict>, job: OutboxJob): Promise<boolean> {
    const { status } = await stored;
    return status === "dead" ? (attempts.get(job.key) ?? begin(job)) : status === "delivered";
  }

  return {
    attempt: (key) => attempts.get(key),
    send(job) {
      const stored = handedOut.get(job.key);
      return stored ? afterHandedOut(stored, job) : (attempts.get(job.key) ?? begin(job));
    },
    async deliver(job) {
      if (await attempts.get(job.key)) return { status: "delivered" };
      const delivering = delivery.deliverOrder(job);
      handedOut.set(job.key, delivering);
      return delivering;
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
