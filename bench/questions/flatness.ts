import { figureOf, plain, ratios, withSpread } from "../frame/figures.ts";
import { type Question, type Run, type Table, type Target, targetOf } from "../frame/question.ts";
import { type Remote, startProcess } from "../frame/remote.ts";
import type { OutboxMethods } from "../processes/outbox-process.ts";
import { findStores, type Stores } from "../stores.ts";

/** What grows, and which figures have a bound: an outbox promises fast totals beside delivered orders only. */
const CASES = [
  { kind: "sqlite", what: "pending", bounded: ["accepting", "delivering"] },
  { kind: "postgres", what: "delivered", bounded: ["accepting", "delivering", "reading totals"] },
] as const;
type Case = (typeof CASES)[number];

/** Orders or reads a second, at one moment. */
interface Speeds {
  readonly accepting: number;
  readonly delivering: number;
  readonly "reading totals": number;
}
const MEASURED = ["accepting", "delivering", "reading totals"] as const;
const MAX_SLOWER = 1.2;
/** What stays pending where delivered orders grow, so that there is something to deliver. */
const PENDING = 10_000;

async function speedsOf(outbox: Remote<OutboxMethods>, quick: boolean): Promise<Speeds> {
  const ms = quick ? 50 : 500;
  return {
    accepting: await outbox.call("inBursts", quick ? 200 : 3_000),
    delivering: await outbox.call("deliverFor", { ms, concurrency: 20 }),
    "reading totals": await outbox.call("readTotals", quick ? 10 : 200),
  };
}

async function measure({ kind, what }: Case, levels: readonly number[], stores: Stores, run: Run) {
  const opened = [];
  const found = levels.map((): Speeds[] => []);
  try {
    for (const level of levels) {
      const store = await stores.fresh(kind);
      const outbox = await startProcess<OutboxMethods>(
        new URL("../processes/outbox-process.ts", import.meta.url),
      );
      opened.push({ store, outbox });
      run.progress(`${kind}: ${plain(level)} orders ${what}`);
      await outbox.call("open", store.address);
      await outbox.call("fill", level);
      if (what === "delivered") {
        await outbox.call("deliverAll");
        await outbox.call("fill", run.quick ? 100 : PENDING);
      }
    }
    // The first round warms up.
    for (let round = 0; round <= run.rounds; round += 1) {
      for (const [at, { outbox }] of opened.entries()) {
        run.progress(`${kind}: round ${round} of ${run.rounds}`);
        const speeds = await speedsOf(outbox, run.quick);
        if (round > 0) found[at]?.push(speeds);
      }
    }
  } finally {
    for (const { store, outbox } of opened) {
      await outbox.end();
      await store.end();
    }
  }
  return found;
}

async function ask(run: Run) {
  const stores = await findStores();
  const levels = run.quick ? [100, 1_000] : [10_000, 1_000_000];
  const targets: Target[] = [];
  const tables: Table[] = [];
  try {
    for (const each of CASES.filter(({ kind }) => stores.kinds.includes(kind))) {
      const [few = [], many = []] = await measure(each, levels, stores, run);
      const label = `${plain(levels[1] ?? 0)} orders ${each.what}`;
      for (const which of each.bounded) {
        const of = (speeds: readonly Speeds[]) => speeds.map((one) => one[which]);
        targets.push(
          targetOf(
            `${which} with ${label} (${each.kind}), of the time with ${plain(levels[0] ?? 0)}`,
            ratios(of(few), of(many)),
            { atMost: MAX_SLOWER },
          ),
        );
      }
      tables.push({
        caption: `${each.kind}, a second`,
        head: [`orders ${each.what}`, ...MEASURED],
        rows: [few, many].map((speeds, at) => [
          plain(levels[at] ?? 0),
          ...MEASURED.map((which) => withSpread(figureOf(speeds.map((one) => one[which])))),
        ]),
      });
    }
  } finally {
    await stores.end();
  }
  const notes = [
    "Delivering here is claiming an order and noting it as delivered, without a request.",
    ...stores.skipped.map((reason) => `Skipped: ${reason}.`),
  ];
  return { targets, tables, notes };
}

export const flatness: Question = { name: "flatness", title: "A million orders", seconds: 280, ask };
