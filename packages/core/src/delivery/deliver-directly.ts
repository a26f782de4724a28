import type { Deliver, OutboxJob, Verdict } from "../outbox/outbox.ts";
import type { Delivery } from "./deliver.ts";

const MOST_DIRECT = 10_000;
// Enough for the seconds between a delivery and the refusal of the put that had stored it.
const MOST_HANDED_OUT = 1_000;

/** Orders that the outbox could not take: each gets one POST at once, and is remembered if that went well. */
export interface DirectDelivery {
  /** Whether AvantLink confirmed this order; nothing when it was not tried, or tried in vain. */
  attempt(key: string): Promise<boolean> | undefined;
  /** Sends an order, unless that is being done or is done; whether AvantLink confirmed it. */
  send(job: OutboxJob): Promise<boolean>;
  /**
   * Delivers what the outbox hands out, unless it was delivered at once: a put that was refused may have stored its
   * order all the same.
   */
  readonly deliver: Deliver;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

export function createDirectDelivery(
  delivery: Pick<Delivery, "deliverDirectly" | "deliverOrder">,
): DirectDelivery {
  const attempts = new Map<string, Promise<boolean>>();
  const handedOut = new Map<string, Promise<Verdict>>();
  const underWay = new Set<Promise<boolean>>();

  function begin(job: OutboxJob): Promise<boolean> {
    const attempt = delivery.deliverDirectly({ ...job, attempts: 0 }).then((delivered) => {
      underWay.delete(attempt);
      if (!delivered) attempts.delete(job.key);
      return delivered;
    });
    underWay.add(attempt);
    keep(attempts, job.key, attempt, MOST_DIRECT);
    return attempt;
  }

  /** What was handed out is stored after all, and the outbox's to try again, unless it was a letter's last time. */
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
      keep(handedOut, job.key, delivering, MOST_HANDED_OUT);
      return delivering;
    },
    async idle() {
      while (underWay.size > 0) await Promise.all(underWay);
    },
  };
}

function keep<Value>(among: Map<string, Value>, key: string, value: Value, most: number): void {
  among.set(key, value);
  const [oldest] = among.size > most ? among.keys() : [];
  if (oldest !== undefined) among.delete(oldest);
}
