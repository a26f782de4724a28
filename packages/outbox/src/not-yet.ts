import { AvantLinkError, type JobState, type Outbox, type OutboxRecord } from "@avantlink-s2s/core";

const notYet = async (): Promise<never> => {
  throw new AvantLinkError("outbox.unavailable", { detail: "This outbox cannot do that yet." });
};

/** The parts of the contract that an outbox gets when it is rebuilt. */
export const NOT_YET: Pick<Outbox, "deliverDue" | "waiting" | "forget"> = {
  deliverDue: notYet,
  waiting: { list: notYet },
  forget: notYet,
};

/** A record that says no more than its state. */
export function recordOf(key: string, state: JobState | undefined): OutboxRecord | undefined {
  if (state === undefined) return undefined;
  const job = { key, kind: "order", orderNumber: "", body: "", acceptedAt: 0, attempts: 0 } as const;
  if (state === "delivered") return { status: state, key, acceptedAt: 0, settledAt: 0, attempts: 0 };
  const reason = { code: "unexpected", message: "" } as const;
  return state === "dead"
    ? { ...job, status: state, lastAttempts: [], reason, diedAt: 0 }
    : { ...job, status: state, lastAttempts: [], dueAt: 0 };
}
