import type { Courier } from "./courier.ts";
import type { OutboxJob } from "./outbox.ts";

const MOST_REMEMBERED = 10_000;

/** Orders that the outbox could not take: each gets one POST at once, and is remembered if that went well. */
export interface DirectDelivery {
  /** Whether AvantLink confirmed this order; nothing when it was not tried, or tried in vain. */
  attempt(key: string): Promise<boolean> | undefined;
  /** Sends an order, unless that is being done or is done. */
  send(job: OutboxJob): Promise<boolean>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export function createDirectDelivery(courier: Pick<Courier, "deliverAtOnce">): DirectDelivery {
  const attempts = new Map<string, Promise<boolean>>();
  const underWay = new Set<Promise<boolean>>();

  function begin(job: OutboxJob): Promise<boolean> {
    const attempt = courier.deliverAtOnce({ ...job, attempts: 0 }).then((delivered) => {
      underWay.delete(attempt);
      if (!delivered) attempts.delete(job.key);
      return delivered;
    });
    underWay.add(attempt);
    attempts.set(job.key, attempt);
    for (const oldest of attempts.size > MOST_REMEMBERED ? attempts.keys() : []) {
      attempts.delete(oldest);
      break;
    }
    return attempt;
  }

  return {
    attempt: (key) => attempts.get(key),
    send: (job) => attempts.get(job.key) ?? begin(job),
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}
