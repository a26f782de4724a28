import { figureOf, ratios, withSpread } from "../frame/figures.ts";
import { type Question, type Run, targetOf } from "../frame/question.ts";
import { startProcess } from "../frame/remote.ts";
import type { EngineMethods } from "../processes/engine-process.ts";
import type { OutboxMethods } from "../processes/outbox-process.ts";
import { type Durable, findStores, type Stores } from "../stores.ts";

const PROCESSES = {
  outbox: new URL("../processes/outbox-process.ts", import.meta.url),
  engine: new URL("../processes/engine-process.ts", import.meta.url),
};
const ENGINE: Readonly<Record<Durable, string>> = {
  sqlite: "INSERT, a commit each",
  bullmq: "Queue.add",
  postgres: "INSERT",
};

async function acceptsPerSecond(
  who: "outbox" | "engine",
  kind: Durable,
  count: number,
  stores: Stores,
): Promise<number> {
  const store = await stores.fresh(kind);
  const process = await startProcess<OutboxMethods | EngineMethods>(PROCESSES[who]);
  try {
    await process.call("open", store.address);
    await process.call("inBursts", Math.ceil(count / 400) * 100);
    return await process.call("inBursts", count);
  } finally {
    await process.end();
    await store.end();
  }
}

async function ask({ quick, rounds, progress }: Run) {
  const stores = await findStores();
  const found = new Map<string, number[]>();
  const count = quick ? 500 : 10_000;
  try {
    for (let round = 1; round <= rounds; round += 1) {
      for (const kind of stores.kinds) {
        for (const who of ["engine", "outbox"] as const) {
          progress(`round ${round} of ${rounds}: ${kind}, ${who}`);
          const key = `${who} ${kind}`;
          found.set(key, [...(found.get(key) ?? []), await acceptsPerSecond(who, kind, count, stores)]);
        }
      }
    }
  } finally {
    await stores.end();
  }
  const of = (who: "outbox" | "engine", kind: Durable) => found.get(`${who} ${kind}`) ?? [];
  return {
    targets: stores.kinds.map((kind) =>
      targetOf(
        `accepting in bursts on ${kind}, of the engine's own ${ENGINE[kind]}`,
        ratios(of("outbox", kind), of("engine", kind)),
        { atLeast: 0.8 },
      ),
    ),
    tables: [
      {
        caption: "Orders accepted a second, a hundred at once",
        head: ["engine", "outbox", "engine alone"],
        rows: stores.kinds.map((kind) => [
          kind,
          withSpread(figureOf(of("outbox", kind))),
          `${withSpread(figureOf(of("engine", kind)))} (${ENGINE[kind]})`,
        ]),
      },
    ],
    notes: [
      "Every engine writes to the disk before it answers: SQLite with WAL and synchronous=FULL, Redis with appendfsync=always (unless REDIS_URL names another), PostgreSQL as it is set up.",
      ...stores.skipped.map((reason) => `Skipped: ${reason}.`),
    ],
  };
}

export const bursts: Question = { name: "bursts", title: "Accepting in bursts", seconds: 120, ask };
