import { setTimeout as pause } from "node:timers/promises";
import type { OutboxTotals } from "@avantlink-s2s/core";
import { type Sandbox, startSandbox } from "@avantlink-s2s/sandbox";
import { type Child, startChild } from "../support/child.ts";
import type { OutboxAddress } from "../support/outboxes.ts";
import type { OwnServer } from "../support/services.ts";
import { type Judgement, judge } from "./judge.ts";
import type { ShopNews, ShopReceipt, ShopSettings } from "./shop.ts";

/** The plan of a run. */
export interface KillRun {
  readonly address: OutboxAddress;
  /** The run ends after this many kills, or after this many seconds when `seconds` is given. */
  readonly kills?: number;
  readonly seconds?: number;
  /** The process to kill: a shop, or the server that stores its orders. */
  readonly victim: "shop" | OwnServer;
  /** The number of shops that share the store. */
  readonly shops?: number;
  /** Orders a second, over all shops. */
  readonly rate?: number;
}

/** The result of a run. */
export interface KillReport extends Judgement {
  readonly kills: number;
  readonly seconds: number;
  /** Requests to the sandbox that met a fault. */
  readonly faults: number;
  /** Pages with a wrong answer although their process lived. */
  readonly brokenPages: number;
  /** The most repeats that the kills can explain: the orders that the killed workers had under way. */
  readonly mayRepeat: number;
  /** The outbox's own totals at the end. */
  readonly totals: OutboxTotals;
}

const CONCURRENCY = 10;
// An order arrives at the latest after a lease, a sweep, and some slow seconds of a busy machine.
const DRAIN_MS = 120_000;

/** Lets shops accept orders while they, or their store, are killed at random. Judges by the requests that arrived. */
export async function killRun(run: KillRun): Promise<KillReport> {
  const sandbox = await startSandbox({ maxRecords: 1_000_000 });
  const started = performance.now();
  const settings: ShopSettings = { address: run.address, endpoint: sandbox.url, concurrency: CONCURRENCY };
  const acknowledged = new Set<string>();
  const refused = new Set<string>();
  const failures = new Map<string, number[]>();
  function listen(news: ShopNews): void {
    if (news.kind === "accepted") acknowledged.add(news.orderNumber);
    if (news.kind === "refused") refused.add(news.orderNumber);
    if (news.kind !== "verdict" || news.type !== "retrying") return;
    failures.set(news.orderNumber, [...(failures.get(news.orderNumber) ?? []), Date.now()]);
  }
  const shops = await Promise.all(Array.from({ length: run.shops ?? 2 }, () => aShop(settings, listen)));
  setFaults(sandbox);

  const kills: number[] = [];
  let brokenPages = 0;
  let loading = true;
  const over = () =>
    run.seconds === undefined
      ? kills.length >= (run.kills ?? 1)
      : performance.now() - started >= run.seconds * 1000;

  async function buy(number: string, page: "page" | "receipt"): Promise<void> {
    const shop = shops[Math.floor(Math.random() * shops.length)];
    const visit = await shop?.visit(`/${page}/${number}`);
    if (visit === undefined) return;
    if (visit.status !== 200) brokenPages += 1;
    else if (page === "receipt") {
      const { status } = JSON.parse(visit.text) as ShopReceipt;
      if (status === "accepted" || status === "duplicate") acknowledged.add(number);
      // Sent directly; the outbox may have stored the order all the same.
      else if (status === "not-stored" || status === "delivered") refused.add(number);
      else brokenPages += 1;
    } else if (visit.text !== "thank you") brokenPages += 1;
  }

  async function load(): Promise<void> {
    const visits = new Set<Promise<void>>();
    for (let number = 1; loading; number += 1) {
      const visit = async () => {
        await buy(`${number}`, number % 2 ? "receipt" : "page");
        // Some shoppers reload the page; some meet a shop that was just killed.
        if (number % 5 === 0) await buy(`${number}`, "receipt");
      };
      const visiting = visit().finally(() => visits.delete(visiting));
      visits.add(visiting);
      await pause(1000 / (run.rate ?? 60));
    }
    await Promise.all(visits);
  }

  const loaded = load();
  while (!over()) {
    await pause(200 + Math.random() * 1_800);
    kills.push(Date.now());
    if (run.victim === "shop") await shops[kills.length % shops.length]?.kill();
    else {
      await run.victim.stop("SIGKILL");
      await pause(Math.random() * 2_000);
      await run.victim.start();
    }
  }
  loading = false;
  await loaded;
  const faults = sandbox.requests.filter(({ fault }) => fault !== undefined).length;
  sandbox.fail(null);
  const totals = await drained(shops[0]);
  await Promise.all(shops.map((shop) => shop.end()));
  const judgement = judge(sandbox, { acknowledged, refused, kills, failures });
  await sandbox.close();
  return {
    ...judgement,
    kills: kills.length,
    seconds: Math.round((performance.now() - started) / 1000),
    faults,
    brokenPages,
    mayRepeat: run.victim === "shop" ? kills.length * CONCURRENCY : 0,
    totals,
  };
}

/** AvantLink is slow, busy or broken, or its answer is lost. */
function setFaults(sandbox: Sandbox): void {
  sandbox.fail({ status: 503, probability: 0.1 });
  sandbox.fail({ status: 429, headers: { "Retry-After": "1" }, probability: 0.02 });
  sandbox.fail({ success: false, probability: 0.02 });
  sandbox.fail({ html: true, probability: 0.02 });
  sandbox.fail({ hang: true, probability: 0.005 });
  sandbox.fail({ reset: "before-reading", probability: 0.02 });
  sandbox.fail({ reset: true, taken: true, probability: 0.03 });
  sandbox.fail({ delayMs: 300, probability: 0.2 });
}

interface Shop {
  /** Requests a page. Gives `undefined` when the shop is not there, or dies meanwhile. */
  visit(path: string): Promise<{ readonly status: number; readonly text: string } | undefined>;
  /** Kills the shop's process and starts another. */
  kill(): Promise<void>;
  end(): Promise<void>;
}

async function aShop(settings: ShopSettings, listen: (news: ShopNews) => void): Promise<Shop> {
  let child: Child<never, ShopNews>;
  let origin: string | undefined;

  async function open(): Promise<void> {
    child = startChild<never, ShopNews>(new URL("./shop.ts", import.meta.url), settings);
    child.process.on("message", listen);
    const news = await child.next("listening");
    if (news.kind === "listening") origin = `http://127.0.0.1:${news.port}`;
  }

  await open();
  return {
    async visit(path) {
      if (origin === undefined) return undefined;
      const asked = origin;
      try {
        const response = await fetch(`${asked}${path}`);
        return { status: response.status, text: await response.text() };
      } catch (cause) {
        // A connection that breaks while its shop lives is a broken page.
        if (origin === asked && child.process.signalCode === null) return { status: 0, text: String(cause) };
        return undefined;
      }
    },
    async kill() {
      origin = undefined;
      await child.kill();
      await open();
    },
    end: () => child.kill(),
  };
}

/** Waits until the outbox has no pending orders. */
async function drained(shop: Shop | undefined): Promise<OutboxTotals> {
  const until = performance.now() + DRAIN_MS;
  for (;;) {
    const answer = await shop?.visit("/totals");
    const totals: OutboxTotals | null = answer?.status === 200 ? JSON.parse(answer.text) : null;
    if (totals && (totals.pending === 0 || performance.now() > until)) return totals;
    if (performance.now() > until) throw new Error("The outbox does not answer.");
    await pause(250);
  }
}

/** Whether a run lost no order, repeated no order without a reason and broke no page. */
export function isClean({
  missing,
  unexplained,
  unsettled,
  mayRepeat,
  brokenPages,
  totals,
}: KillReport): boolean {
  const settled = totals.pending === 0 && totals.dead === 0;
  return settled && missing.length + unexplained.length + brokenPages === 0 && unsettled <= mayRepeat;
}
