import { figureOf, ratios, withSpread } from "../frame/figures.ts";
import { type Question, type Run, targetOf } from "../frame/question.ts";
import { startProcess } from "../frame/remote.ts";
import type { EngineMethods } from "../processes/engine-process.ts";
import type { OutboxMethods } from "../processes/outbox-process.ts";
import { type Receiver, startReceiver } from "../receiver.ts";
import { type Durable, findStores, type Stores } from "../stores.ts";

const POOL = "undici pool";
/** The default of a tracker. */
const CONCURRENCY = 20;
/** A server in the same building: a slower receiver would hide what an outbox costs. */
const RECEIVER_MS = 5;
const LEAST: Readonly<Record<Durable | "memory", number>> = {
  memory: 0.9,
  sqlite: 0.9,
  bullmq: 0.8,
  postgres: 0.8,
};

async function drainPool(count: number, endpoint: string): Promise<number> {
  const engine = await startProcess<EngineMethods>(
    new URL("../processes/engine-process.ts", import.meta.url),
  );
  const ms = await engine.call("post", { count, endpoint, concurrency: CONCURRENCY });
  await engine.end();
  return (count * 1_000) / ms;
}

async function drainOutbox(kind: Durable | "memory", count: number, endpoint: string, stores: Stores) {
  const store = kind === "memory" ? undefined : await stores.fresh(kind);
  const outbox = await startProcess<OutboxMethods>(
    new URL("../processes/outbox-process.ts", import.meta.url),
  );
  try {
    await outbox.call("open", store?.address);
    await outbox.call("fill", count);
    return (count * 1_000) / (await outbox.call("drain", { count, endpoint }));
  } finally {
    await outbox.end();
    await store?.end();
  }
}

async function drainOnce(who: string, count: number, receiver: Receiver, stores: Stores): Promise<number> {
  await receiver.forget();
  const speed = await (who === POOL
    ? drainPool(count, receiver.url)
    : drainOutbox(who as Durable | "memory", count, receiver.url, stores));
  const { orders, doubled } = await receiver.arrivals();
  if (orders !== count || doubled > 0)
    throw new Error(`${who}: ${orders} of ${count} arrived, ${doubled} twice`);
  return speed;
}

async function ask({ quick, rounds, progress }: Run) {
  const stores = await findStores();
  const receiver = await startReceiver();
  await receiver.behave({ answersAfterMs: RECEIVER_MS });
  const outboxes = ["memory", ...stores.kinds] as const;
  const count = quick ? 500 : 8_000;
  const speeds = new Map<string, number[]>();
  try {
    for (let round = 1; round <= rounds; round += 1) {
      for (const who of [POOL, ...outboxes]) {
        progress(`round ${round} of ${rounds}: ${who}`);
        speeds.set(who, [...(speeds.get(who) ?? []), await drainOnce(who, count, receiver, stores)]);
      }
    }
  } finally {
    await receiver.end();
    await stores.end();
  }
  const of = (who: string) => speeds.get(who) ?? [];
  return {
    targets: outboxes.map((who) =>
      targetOf(`delivering from ${who}, of an undici pool`, ratios(of(who), of(POOL)), {
        atLeast: LEAST[who],
      }),
    ),
    tables: [
      {
        caption: `${count} stored orders, ${CONCURRENCY} at a time, to a receiver that answers in ${RECEIVER_MS} ms`,
        head: ["", "orders/s", "of the pool"],
        rows: [POOL, ...outboxes].map((who) => [
          who,
          withSpread(figureOf(of(who))),
          withSpread(figureOf(ratios(of(who), of(POOL))), 2),
        ]),
      },
    ],
    notes: [
      "The pool has its bodies in memory and stores nothing. Every order arrived, and none twice.",
      ...stores.skipped.map((reason) => `Skipped: ${reason}.`),
    ],
  };
}

export const delivery: Question = { name: "delivery", title: "Delivering stored orders", seconds: 180, ask };
