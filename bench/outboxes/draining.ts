import { startProcess } from "../child-process.ts";
import { figureOf, plain, ratios, withSpread } from "../figures.ts";
import type { Run, Section, SectionResult, TargetRow } from "../section.ts";
import type { EngineMethods } from "./engine-process.ts";
import type { OutboxMethods } from "./outbox-process.ts";
import { type Durable, findStores, type Stores } from "./places.ts";

const CONCURRENCY = 10;
// At once, as nobody does; as a server in the same building; as AvantLink at its fastest. With which share of orders.
const RECEIVERS = [
  { delayMs: 0, share: 1 },
  { delayMs: 5, share: 1 / 4 },
  { delayMs: 50, share: 1 / 20 },
] as const;
const POOL = "undici pool";

/** One drain. */
interface Drain {
  readonly perSecond: number;
  readonly cpuUs: number;
}

const ENGINE = new URL("./engine-process.ts", import.meta.url);
const OUTBOX = new URL("./outbox-process.ts", import.meta.url);

async function drainPool(count: number, endpoint: string): Promise<Drain> {
  const engine = await startProcess<EngineMethods>(ENGINE);
  const { ms, cpuMs } = await engine.call("post", { count, endpoint, concurrency: CONCURRENCY });
  await engine.end();
  return { perSecond: (count * 1_000) / ms, cpuUs: (cpuMs * 1_000) / count };
}

async function drainOutbox(
  kind: Durable | "memory",
  count: number,
  endpoint: string,
  stores: Stores,
): Promise<Drain> {
  const store = kind === "memory" ? undefined : await stores.fresh(kind);
  const outbox = await startProcess<OutboxMethods>(OUTBOX);
  try {
    await outbox.call("open", store?.address ?? { kind: "memory" });
    await outbox.call("fill", count);
    const { ms, cpuMs } = await outbox.call("drain", { count, endpoint });
    return { perSecond: (count * 1_000) / ms, cpuUs: (cpuMs * 1_000) / count };
  } finally {
    await outbox.end();
    await store?.end();
  }
}

async function run({ length, receiver, say }: Run): Promise<SectionResult> {
  const stores = await findStores();
  const contenders = ["memory", ...stores.kinds] as const;
  const targets: TargetRow[] = [];
  const tables = [];
  try {
    for (const { delayMs, share } of RECEIVERS) {
      const count = Math.ceil(length.orders * share);
      const drains = new Map<string, Drain[]>([POOL, ...contenders].map((who) => [who, []]));
      await receiver.behave({ answersAfterMs: delayMs });
      for (let round = 0; round < length.rounds; round += 1) {
        for (const who of [POOL, ...contenders] as const) {
          say(`receiver ${delayMs} ms, round ${round + 1} of ${length.rounds}: ${who}`);
          await receiver.forget();
          const drain = await (who === POOL
            ? drainPool(count, receiver.url)
            : drainOutbox(who, count, receiver.url, stores));
          const { orders, repeated } = await receiver.arrivals();
          if (orders !== count || repeated > 0)
            throw new Error(`${who}: ${orders} of ${count} arrived, ${repeated} again`);
          drains.get(who)?.push(drain);
        }
      }
      const speeds = (who: string) => (drains.get(who) ?? []).map(({ perSecond }) => perSecond);
      for (const who of contenders) {
        const ratio = ratios(speeds(who), speeds(POOL));
        targets.push({
          what: `draining ${plain(count)} orders/s: ${who}, receiver ${delayMs} ms`,
          ours: withSpread(figureOf(speeds(who))),
          beside: `${POOL} ${withSpread(figureOf(speeds(POOL)))}`,
          ratio: withSpread(ratio, 2),
          target: "≥ 0.9",
          met: ratio.median >= 0.9,
        });
      }
      tables.push({
        caption: `${plain(count)} stored orders, ${CONCURRENCY} at a time, receiver: ${delayMs} ms`,
        head: ["who", "orders/s", "of the pool", "CPU µs an order"],
        rows: [POOL, ...contenders].map((who) => [
          who,
          withSpread(figureOf(speeds(who))),
          withSpread(ratios(speeds(who), speeds(POOL)), 2),
          withSpread(figureOf((drains.get(who) ?? []).map(({ cpuUs }) => cpuUs))),
        ]),
      });
    }
  } finally {
    await stores.end();
  }
  return { targets, tables, notes: [...NOTES, ...stores.skipped.map((one) => `Skipped: ${one}.`)] };
}

const NOTES = [
  "The pool has its bodies ready in memory and writes nothing down. A durable outbox claims each order in its store before it is sent and settles it there afterwards; with a receiver that answers at once, that is what is seen: a shop that is killed may send again what was delivered and not settled, so no more than ten are ever in that state, and ten orders at a time wait for one commit or one round trip.",
  "The limit of the memory outbox with a receiver that answers at once: reading the answer, telling the shop, and keeping other libraries' headers out of the request take some 17 µs of a processor beside undici's own 56.",
  "After two commits in a row of more than 2 ms (a slow disk, or a busy machine) SQLite's drain also leaves the event loop to the shop for up to 50 ms. Every drain is checked: each order arrived, none twice.",
];

export const draining: Section = { letter: "c", title: "Delivering what is stored", run };
