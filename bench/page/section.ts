import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { startProcess } from "../child-process.ts";
import type { Behavior } from "../receiver/receiver.ts";
import type { Run, Section, SectionResult } from "../section.ts";
import { saturate, visit } from "./load.ts";
import type { ShopMethods } from "./shop-process.ts";
import { tableOf, targetsOf } from "./summary.ts";
import { CONTENDERS, type Contender } from "./tracking.ts";
import { type Case, LIMIT, OURS, type Turn } from "./turn.ts";

// How long a contender may take to send what it still has, once the receiver answers again.
const FINISH_MS = 10_000;

function casesOf({ length }: Run): readonly Case[] {
  const shop = (
    receiver: string,
    behavior: Behavior,
    contenders: readonly Contender[] = CONTENDERS,
  ): Case => ({
    page: "shop",
    receiver,
    behavior,
    contenders,
  });
  const few = [LIMIT, ...OURS];
  if (length.name === "quick") return [shop("50 ms", { answersAfterMs: 50 }), shop("hanging", "hangs", few)];
  return [
    shop("50 ms", { answersAfterMs: 50 }),
    shop("0 ms", { answersAfterMs: 0 }, few),
    shop("hanging", "hangs"),
    shop("refusing", "refuses", few),
    { page: "bare", receiver: "50 ms", behavior: { answersAfterMs: 50 }, contenders: few },
  ];
}

async function turnOf(
  contender: Contender,
  { page, behavior }: Case,
  { receiver, length }: Run,
  options: { readonly halfRate: number | undefined; readonly reckoning: boolean },
): Promise<Turn> {
  await receiver.behave({ answersAfterMs: 0 });
  await receiver.forget();
  const shop = await startProcess<ShopMethods>(new URL("./shop-process.ts", import.meta.url), {
    env: { BENCH_CONTENDER: contender, BENCH_RECEIVER: receiver.url, BENCH_PAGE: page },
  });
  try {
    const visited = await shop.call("page");
    // Until its code is compiled: in its first second a process takes twice as long for a page.
    await saturate(visited, length.warmUpSeconds);
    await shop.call("finish", 3_000);
    await receiver.behave(behavior);
    const before = { ...(await shop.call("memory")), ...(await shop.call("work")) };
    const saturated = await saturate(visited, length.seconds);
    const after = { ...(await shop.call("work")), ...(await shop.call("memory")) };
    const rate = options.halfRate ?? Math.round(saturated.perSecond / 2);
    const half = await visit(visited, length.seconds, rate);
    const turn = {
      saturated,
      half,
      cpuUsAPage: ((after.cpuMs - before.cpuMs) * 1_000) / (after.pages - before.pages),
      rssGrowthMb: (after.rss - before.rss) / 2 ** 20,
      heapGrowthMb: (after.heap - before.heap) / 2 ** 20,
    };
    if (!options.reckoning || contender === LIMIT) return turn;
    await receiver.behave({ answersAfterMs: 0 });
    await shop.call("finish", FINISH_MS);
    const { accepted, refused, pending } = await shop.call("orders");
    const { orders: arrived } = await receiver.arrivals();
    // What arrived and could not be settled yet is pending as well.
    const lost = Math.max(0, accepted - arrived - pending);
    return { ...turn, orders: { accepted, refused, pending, arrived, lost } };
  } finally {
    // It takes its file with it.
    const gone = once(shop.process, "exit");
    shop.process.kill("SIGTERM");
    await Promise.race([gone, pause(2_000)]);
    await shop.end();
  }
}

async function run(given: Run): Promise<SectionResult> {
  const { rounds } = given.length;
  const targets = [];
  const tables = [];
  for (const one of casesOf(given)) {
    const turns = new Map<Contender, Turn[]>(one.contenders.map((contender) => [contender, []]));
    for (let round = 0; round < rounds; round += 1) {
      let halfRate: number | undefined;
      for (const contender of one.contenders) {
        given.say(
          `${one.page} page, receiver ${one.receiver}, round ${round + 1} of ${rounds}: ${contender}`,
        );
        const turn = await turnOf(contender, one, given, { halfRate, reckoning: round === rounds - 1 });
        halfRate ??= Math.round(turn.saturated.perSecond / 2);
        turns.get(contender)?.push(turn);
      }
    }
    if (one.page === "shop" && one.receiver !== "0 ms")
      targets.push(...OURS.flatMap((contender) => targetsOf(one, contender, turns)));
    tables.push(tableOf(one, turns));
  }
  return { targets, tables, notes: NOTES };
}

const NOTES = [
  "The shop page is that of the example shop: a session from its store, an order from its database, a page in its layout. The bare page sends a string, the least that there can be; a shop has none like it, so what tracking costs is seen there at its largest. Every visit finds a new order.",
  "The limit: reading the request, finding the order, mapping it, hashing its key and storing it take some 10 µs in a loop. Between two pages they take 40 to 45, the page's own code getting slower by a part of it, since each finds the processor's caches full of the other; a SQLite outbox adds its insert and a share of a commit. So a page keeps three quarters of its throughput from about 130 µs on (150 with SQLite), and neither this shop's (about 105) nor the bare one (about 30) takes as long.",
  "A receiver that refuses costs little more than one that hangs: after fifty attempts in a row that did not reach it, no more than a hundred a second are made.",
  "Half of saturation is half of what the shop can do without tracking, the same rate for everybody.",
  "Accepted, for a peer, is every page that was answered: it says nothing of the kind itself. Lost is what was accepted and neither arrived nor is still kept, ten seconds after the receiver answers again. Refused orders were told to the shop (the memory outbox keeps 10,000 at a time).",
  "RSS is read right after the load at saturation, before a garbage collection; heap after one.",
];

export const page: Section = { letter: "a", title: "The thank-you page", run };
