// A process of its own with an outbox, to be killed or stopped. Its parent sends messages that say what to do.

import { aJob } from "../../packages/outbox/testing/jobs.ts";
import { type OutboxAddress, outboxAt } from "../support/outboxes.ts";
import { shiftedClock } from "../support/shifted-clock.ts";

/** What the parent may ask for. */
export type Request =
  /** Puts orders of these numbers, all at once. */
  | { readonly ask: "put"; readonly numbers: readonly string[] }
  /** Claims what is due and never answers. */
  | { readonly ask: "hang"; readonly concurrency: number };

/** What it answers. */
export type Answer =
  | { readonly kind: "ready" }
  | { readonly kind: "put"; readonly accepted: readonly string[] }
  | { readonly kind: "claimed"; readonly key: string };

const address: OutboxAddress = JSON.parse(process.argv[2] ?? "");
process.on("disconnect", () => process.exit());
const send = (answer: Answer) => process.send?.(answer);
const outbox = await outboxAt(address);
await outbox.open(shiftedClock(), () => {});

process.on("message", async (request: Request) => {
  if (request.ask === "hang") {
    await outbox.run(
      (job) => {
        send({ kind: "claimed", key: job.key });
        return new Promise(() => {});
      },
      { concurrency: request.concurrency },
    );
    return;
  }
  const results = await Promise.all(
    request.numbers.map(async (number) =>
      (await outbox.put(aJob(number))).status === "accepted" ? [number] : [],
    ),
  );
  send({ kind: "put", accepted: results.flat() });
});
send({ kind: "ready" });
