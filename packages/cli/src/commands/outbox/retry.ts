import type { Outbox, OutboxRecord } from "@avantlink-s2s/core";
import { CommandError, EXIT } from "../../exit-codes.ts";
import { orderKeyFor, requireMerchant } from "../../options/merchant-options.ts";
import { durationOption } from "../../options/numbers.ts";
import { type Delivery, deliverUntil, withTracker } from "../../outbox/command-tracker.ts";
import { lastAnswerOf } from "../../outbox/condition.ts";
import { correctLetter } from "../../outbox/corrected-order.ts";
import { findLetter, letters, retryLetter } from "../../outbox/dead-letters.ts";
import { answerText, nextTry } from "../../outbox/record-view.ts";
import { counted } from "../../terminal/wording.ts";
import { commandOnOutbox, onOutbox } from "../on-outbox.ts";

// Letters that share one commit of the outbox.
const BATCH = 100;

/** `outbox retry` */
export const retryCommand = commandOnOutbox(
  "outbox retry",
  "makes a dead letter wait for delivery again; a running shop then delivers it",
  [
    "1001 --sqlite data/orders.db --with order.json --send",
    "--all --sqlite data/orders.db --send --wait 60s",
  ],
)
  .argument("[order]", "the order number, or the beginning of the key")
  .option(
    "--with <file>",
    "send this corrected order instead (JSON; - for stdin); the shopper's context is kept",
  )
  .option("--all", "every dead letter that is valid")
  .option("--send", "deliver from here, and wait for AvantLink's answer")
  .addOption(durationOption("--wait <duration>", "how long to wait with --send", "30s"))
  .action(
    onOutbox(async ({ outbox, same, terminal: { say, sayJson, note } }, id, options) => {
      if (options.send === true) requireMerchant(options);
      const { keys, left } = await putBackLetters(outbox, id, options, orderKeyFor(options));
      if (left > 0)
        note(
          `${counted(left, "invalid order stays a dead letter", "invalid orders stay dead letters")}. Correct each one: avantlink-s2s outbox show ORDER${same}`,
        );
      if (keys.length === 0) say("There is no valid dead letter to send.");
      const deliver = `avantlink-s2s outbox deliver${same}`;
      if (options.send !== true) {
        sayJson({ retried: keys, left });
        say(`${counted(keys.length, "order waits", "orders wait")} again.`);
        if (keys.length > 0) say(`A running shop delivers within seconds. From here: ${deliver}`);
        return;
      }
      const records = await deliverOrders({ outbox, merchant: options, note }, keys, options.wait);
      const [waiting, dead] = [records.filter(isWaiting), records.filter(isDead)];
      const delivered = records.filter((record) => record?.status === "delivered").length;
      sayJson({ retried: keys, left, delivered, dead: dead.length, waiting: waiting.length });
      say(`${delivered} delivered, ${dead.length} dead letters again, ${waiting.length} still waiting.`);
      const lastAnswer = lastAnswerOf([...waiting, ...dead]);
      if (lastAnswer) note(`AvantLink's last answer: ${answerText(lastAnswer)}.`);
      const [soonest] = waiting.toSorted((a, b) => a.dueAt - b.dueAt);
      if (soonest) note(`Next try ${nextTry(soonest)}, by a running shop or: ${deliver}`);
      if (dead.length > 0) process.exitCode = EXIT.wrong;
      else if (waiting.length > 0) process.exitCode = EXIT.unreachable;
    }),
  );

/** The keys of the orders that wait again, and the number of invalid ones that can't. */
interface PutBack {
  readonly keys: readonly string[];
  readonly left: number;
}

async function putBackLetters(
  outbox: Outbox,
  id: string | undefined,
  { all, with: file }: { readonly all?: true | undefined; readonly with?: string | undefined },
  keyOf: (orderNumber: string) => string,
): Promise<PutBack> {
  if (id === undefined && all === true && file === undefined) return putBackAll(outbox);
  if (id === undefined || all === true)
    throw new CommandError(EXIT.usage, "Name one order, or use --all without --with.");
  const letter = await findLetter(outbox, id);
  if (file !== undefined) return { keys: [await correctLetter(outbox, letter, file, keyOf)], left: 0 };
  if (letter.kind === "rejected") {
    throw new CommandError(
      EXIT.wrong,
      "This order is still invalid; sending it unchanged would fail again.",
      "Correct it: `avantlink-s2s outbox show ORDER` shows how.",
    );
  }
  await retryLetter(outbox, letter);
  return { keys: [letter.key], left: 0 };
}

async function putBackAll(outbox: Outbox): Promise<PutBack> {
  const keys: string[] = [];
  let left = 0;
  for await (const { key, kind } of letters(outbox)) {
    if (kind === "rejected") left += 1;
    else keys.push(key);
  }
  const retried: string[] = [];
  for (let start = 0; start < keys.length; start += BATCH) {
    const batch = keys.slice(start, start + BATCH);
    const done = await Promise.all(batch.map((key) => outbox.dead.retry(key)));
    // A letter that another process has retried or removed by now is not counted.
    retried.push(...batch.filter((_, index) => done[index]));
  }
  return { keys: retried, left };
}

/** Delivers until every one of these orders has its answer, or the time is up. */
async function deliverOrders(
  delivery: Delivery,
  keys: readonly string[],
  timeoutMs: number,
): Promise<readonly (OutboxRecord | undefined)[]> {
  const records = new Map<string, OutboxRecord | undefined>();
  const open = new Set(keys);
  if (open.size === 0) return [];
  async function areAnswered(): Promise<boolean> {
    for (const key of open) {
      const record = await delivery.outbox.find(key);
      records.set(key, record);
      if (!isWaiting(record)) open.delete(key);
    }
    return open.size === 0;
  }
  await withTracker(delivery, (tracker) => deliverUntil(tracker, timeoutMs, areAnswered));
  return [...records.values()];
}

const isWaiting = (record: OutboxRecord | undefined) => record?.status === "pending";
const isDead = (record: OutboxRecord | undefined) => record?.status === "dead";
