import { startProcess } from "../child-process.ts";
import { figureOf, plain, ratios, withSpread } from "../figures.ts";
import type { Run, Section, SectionResult, TargetRow } from "../section.ts";
import type { EngineMethods } from "./engine-process.ts";
import type { OutboxMethods } from "./outbox-process.ts";
import { type Durable, findStores, type Stores } from "./places.ts";

const RATE = 500;
const ENGINE: Readonly<Record<Durable, string>> = {
  sqlite: "INSERT, a commit each",
  bullmq: "Queue.add",
  postgres: "INSERT",
};
const TOGETHER: Readonly<Record<Durable, string>> = {
  sqlite: "a burst in one transaction",
  bullmq: "Queue.addBulk",
  postgres: "INSERT of many rows",
};

/** What one contender did in a round. */
interface Accepting {
  readonly oneAtATime: number;
  readonly inBursts: number;
  readonly together?: number;
  readonly delay: { readonly p50: number; readonly p99: number; readonly worst: number };
}

async function ours(kind: Durable | "memory", { length, receiver }: Run, stores: Stores): Promise<Accepting> {
  const store = kind === "memory" ? undefined : await stores.fresh(kind);
  const outbox = await startProcess<OutboxMethods>(new URL("./outbox-process.ts", import.meta.url));
  try {
    await outbox.call("open", store?.address ?? { kind: "memory" });
    const { single, burst } = counts(length.seconds);
    await outbox.call("inBursts", Math.ceil(burst / 4));
    const oneAtATime = await outbox.call("oneAtATime", single);
    const inBursts = await outbox.call("inBursts", burst);
    await outbox.end();
    await store?.end();
    return { oneAtATime, inBursts, delay: await ourDelay(kind, length.seconds * 2, receiver.url, stores) };
  } finally {
    await outbox.end();
  }
}

async function ourDelay(
  kind: Durable | "memory",
  seconds: number,
  endpoint: string,
  stores: Stores,
): Promise<Accepting["delay"]> {
  const store = kind === "memory" ? undefined : await stores.fresh(kind);
  const outbox = await startProcess<OutboxMethods>(new URL("./outbox-process.ts", import.meta.url));
  try {
    await outbox.call("open", store?.address ?? { kind: "memory" });
    await outbox.call("loopDelay", { seconds: seconds / 4, rate: RATE, endpoint });
    return await outbox.call("loopDelay", { seconds, rate: RATE, endpoint });
  } finally {
    await outbox.end();
    await store?.end();
  }
}

async function bare(kind: Durable, { length }: Run, stores: Stores): Promise<Accepting> {
  const store = await stores.fresh(kind);
  const engine = await startProcess<EngineMethods>(new URL("./engine-process.ts", import.meta.url));
  try {
    await engine.call("open", store.address);
    const { single, burst } = counts(length.seconds);
    await engine.call("inBursts", Math.ceil(burst / 4));
    return {
      oneAtATime: await engine.call("oneAtATime", single),
      inBursts: await engine.call("inBursts", burst),
      together: await engine.call("together", burst),
      delay: await engine.call("loopDelay", { seconds: length.seconds * 2, rate: RATE }),
    };
  } finally {
    await engine.end();
    await store.end();
  }
}

/** Enough to take about as long as asked for on a middling disk. */
function counts(seconds: number): { readonly single: number; readonly burst: number } {
  return { single: Math.ceil(seconds * 300), burst: Math.ceil(seconds * 20) * 100 };
}

async function run(given: Run): Promise<SectionResult> {
  const { length, receiver, say } = given;
  const stores = await findStores();
  const found = new Map<string, Accepting[]>();
  const add = (who: string, one: Accepting) => found.set(who, [...(found.get(who) ?? []), one]);
  try {
    await receiver.behave({ answersAfterMs: 0 });
    for (let round = 0; round < length.rounds; round += 1) {
      for (const kind of ["memory", ...stores.kinds] as const) {
        say(`round ${round + 1} of ${length.rounds}: ${kind}`);
        if (kind !== "memory") add(`bare ${kind}`, await bare(kind, given, stores));
        add(kind, await ours(kind, given, stores));
      }
    }
  } finally {
    await stores.end();
  }
  const of = (who: string, pick: (one: Accepting) => number) => (found.get(who) ?? []).map(pick);
  const targets: TargetRow[] = [];
  for (const kind of stores.kinds) {
    const burst = (one: Accepting) => one.inBursts;
    const ratio = ratios(of(kind, burst), of(`bare ${kind}`, burst));
    targets.push({
      what: `accepts/s in bursts: ${kind}`,
      ours: withSpread(figureOf(of(kind, burst))),
      beside: `${ENGINE[kind]} ${withSpread(figureOf(of(`bare ${kind}`, burst)))}`,
      ratio: withSpread(ratio, 2),
      target: "≥ 0.8",
      met: ratio.median >= 0.8,
    });
    const p99 = ({ delay }: Accepting) => delay.p99;
    const delay = figureOf(of(kind, p99));
    targets.push({
      what: `event-loop delay p99 ms at ${RATE} orders/s: ${kind}`,
      ours: withSpread(delay, 1),
      beside: `${ENGINE[kind]} ${withSpread(figureOf(of(`bare ${kind}`, p99)), 1)}`,
      ratio: "",
      target: "≤ 10",
      met: delay.median <= 10,
    });
  }
  const whos = stores.kinds.flatMap((kind) => [kind, `bare ${kind}`]);
  return {
    targets,
    tables: [
      {
        caption: "Accepted, orders/s, and how late the event loop is meanwhile",
        head: [
          "who",
          "one at a time",
          "bursts of 100",
          "bursts as one call",
          `delay p50 / p99 / worst ms at ${RATE}/s`,
        ],
        rows: ["memory", ...whos].map((who) => [
          nameOf(who),
          withSpread(figureOf(of(who, (one) => one.oneAtATime))),
          withSpread(figureOf(of(who, (one) => one.inBursts))),
          withSpread(figureOf(of(who, (one) => one.together ?? Number.NaN))),
          [
            plain(figureOf(of(who, ({ delay }) => delay.p50)).median, 1),
            plain(figureOf(of(who, ({ delay }) => delay.p99)).median, 1),
            plain(figureOf(of(who, ({ delay }) => delay.worst)).median, 1),
          ].join(" / "),
        ]),
      },
    ],
    notes: [...NOTES, ...stores.skipped.map((one) => `Skipped: ${one}.`)],
  };
}

function nameOf(who: string): string {
  const kind = who.replace("bare ", "") as Durable;
  return who.startsWith("bare ") ? `${ENGINE[kind]} (together: ${TOGETHER[kind]})` : who;
}

const NOTES = [
  "Bursts are a hundred calls at once, as a hundred requests make them. The bare engine is called as often; what it can do when the whole burst is handed over in one call stands beside it.",
  "The event-loop delay of ours is that of the whole way: mapping, accepting, claiming, sending to the receiver and settling, 500 times a second. That of the bare engine is of inserting alone.",
  "BullMQ's limit: its outbox adds to each job the deduplication key that makes one order of two calls, and another write to Redis's log with it; Queue.add alone would take both. It is at 0.74 to 0.81 of it here, from run to run.",
  "Every engine writes to the disk before it answers: SQLite with WAL and synchronous=FULL, Redis with appendfsync=always (unless REDIS_URL names another), PostgreSQL as it is set up.",
];

export const accepting: Section = { letter: "d", title: "Accepting durably", run };
