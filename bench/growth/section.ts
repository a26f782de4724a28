import { startProcess } from "../child-process.ts";
import { plain } from "../figures.ts";
import type { OutboxMethods } from "../outboxes/outbox-process.ts";
import { type Durable, findStores, type Stores } from "../outboxes/places.ts";
import { saturate } from "../page/load.ts";
import type { ShopMethods } from "../page/shop-process.ts";
import type { Run, Section, SectionResult, TargetRow } from "../section.ts";

/** What one order costs while so many are pending. */
interface Level {
  readonly pending: number;
  readonly acceptUs: number;
  readonly drainUs: number;
  /** A page and its order. */
  readonly pageUs: number;
  readonly rssMb: number;
}

const MAX_SLOWER = 1.2;
/** Engines whose filling takes minutes are not filled up to a million. */
const MAX_PENDING: Readonly<Record<Durable | "memory", number>> = {
  memory: 1_000_000,
  sqlite: 1_000_000,
  bullmq: 100_000,
  postgres: 100_000,
};

async function levelOf(
  kind: Durable | "memory",
  pending: number,
  { length, receiver, say }: Run,
  stores: Stores,
): Promise<Level> {
  const sample = Math.ceil(length.orders / 20);
  const store = kind === "memory" ? undefined : await stores.fresh(kind);
  const outbox = await startProcess<OutboxMethods>(new URL("../outboxes/outbox-process.ts", import.meta.url));
  try {
    await outbox.call("open", store?.address ?? { kind: "memory" });
    say(`${kind}: storing ${plain(pending)} orders`);
    await outbox.call("fill", pending);
    // The rounds of this section are samples on one full store, since it is the filling that takes the time.
    const accepts: number[] = [];
    for (let round = 0; round < length.rounds + 1; round += 1) {
      accepts.push(1e6 / (await outbox.call("inBursts", sample)));
    }
    // A page's order is put beside the others; nothing is taken from them yet.
    const pageUs =
      kind === "sqlite" && store?.address.kind === "sqlite" ? await pageCost(store.address.path) : Number.NaN;
    say(`${kind}: delivering some of ${plain(pending)}`);
    const { ms } = await outbox.call("drain", { count: sample * 2, endpoint: receiver.url });
    const { rss } = await outbox.call("memory");
    return {
      pending,
      acceptUs: median(accepts.slice(1)),
      drainUs: (ms * 1_000) / (sample * 2),
      pageUs,
      rssMb: rss / 2 ** 20,
    };
  } finally {
    await outbox.end();
    await store?.end();
  }

  async function pageCost(path: string): Promise<number> {
    const shop = await startProcess<ShopMethods>(new URL("../page/shop-process.ts", import.meta.url), {
      env: {
        BENCH_CONTENDER: "SQLite outbox",
        BENCH_RECEIVER: receiver.url,
        BENCH_FILE: path,
        BENCH_PAGE: "bare",
      },
    });
    await receiver.behave({ answersAfterMs: 50 });
    const visited = await shop.call("page");
    await saturate(visited, length.warmUpSeconds);
    const { perSecond } = await saturate(visited, length.seconds);
    await shop.end();
    await receiver.behave({ answersAfterMs: 0 });
    return 1e6 / perSecond;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function run(given: Run): Promise<SectionResult> {
  const stores = await findStores();
  const levels = new Map<Durable | "memory", Level[]>();
  try {
    await given.receiver.behave({ answersAfterMs: 0 });
    for (const kind of ["memory", ...stores.kinds] as const) {
      for (const pending of given.length.pending.filter((one) => one <= MAX_PENDING[kind])) {
        levels.set(kind, [...(levels.get(kind) ?? []), await levelOf(kind, pending, given, stores)]);
      }
    }
  } finally {
    await stores.end();
  }
  const targets: TargetRow[] = [];
  for (const [kind, found] of levels) {
    const [first] = found;
    const last = found.at(-1);
    if (!first || !last || first === last) continue;
    const costs = [
      ["accepting", first.acceptUs, last.acceptUs],
      ["delivering", first.drainUs, last.drainUs],
      ["a page with its order", first.pageUs, last.pageUs],
    ] as const;
    for (const [what, before, after] of costs) {
      if (Number.isNaN(before)) continue;
      targets.push({
        what: `${what}, µs, ${plain(last.pending)} pending: ${kind}`,
        ours: plain(after),
        beside: `${plain(first.pending)} pending ${plain(before)}`,
        ratio: plain(after / before, 2),
        target: `≤ ${MAX_SLOWER}`,
        met: after / before <= MAX_SLOWER,
      });
    }
  }
  return {
    targets,
    tables: [
      {
        caption: "One order, µs, while so many are pending",
        head: ["outbox", "pending", "accepting, in bursts", "delivering", "a page with its order", "RSS MB"],
        rows: [...levels].flatMap(([kind, found]) =>
          found.map(({ pending, acceptUs, drainUs, pageUs, rssMb }) => [
            kind,
            plain(pending),
            plain(acceptUs),
            plain(drainUs),
            plain(pageUs),
            plain(rssMb),
          ]),
        ),
      },
    ],
    notes: [
      "An order's key is a hash, so in SQLite each one lands on a page of its own of the key's index: with a million pending some fifth more is written an order, and every few thousand orders the write-ahead log is brought back into the file, which then takes the event loop for some 40 ms (12 with 10,000 pending).",
      "Every level is a store of its own. The memory outbox keeps 10,000 orders unless told otherwise; here it may keep as many as are put, and what it delivers then costs the garbage collector's rounds through a gigabyte.",
      ...stores.skipped.map((one) => `Skipped: ${one}.`),
    ],
  };
}

export const growth: Section = { letter: "f", title: "Growing", run };
