import { Latencies } from "../../../bench/load.ts";
import { type Shop, startShop } from "../../../bench/shop.ts";
import type { TrackerSettings } from "../../../bench/trackers.ts";
import { type BlackFriday, CONCURRENCY, type PageTimes } from "./plan.ts";

const SLICES = 5;
/** A shop's memory grows until its code is compiled. */
const WARM_SECONDS = 10;
/** The packages as they are in the sources. */
const CONDITIONS = { NODE_OPTIONS: "--conditions=@avantlink-s2s/source" };

/** One side of the comparison: the shops that track their orders, or as many shops without tracking. */
export class Shops {
  readonly #settings: TrackerSettings;
  readonly #isTracked: boolean;
  #shops: readonly Shop[] = [];
  #workers: readonly Shop[] = [];
  #isUp = true;
  #interval = new Latencies();
  readonly #whole = new Latencies();
  readonly #slices = Array.from({ length: SLICES }, () => new Latencies());
  readonly #brokenPages: (string | number)[] = [];
  #watched: { readonly shop: Shop | undefined; readonly since: number; warmMb: number } | undefined;
  #growthMb = 0;

  private constructor(settings: TrackerSettings, isTracked: boolean) {
    this.#settings = settings;
    this.#isTracked = isTracked;
  }

  static async open(
    { address, processes }: BlackFriday,
    receiver: string,
    isTracked: boolean,
  ): Promise<Shops> {
    const deliver = processes === 1;
    const kind = isTracked ? "ours" : "no tracking";
    const settings = { kind, receiver, outbox: address, concurrency: CONCURRENCY, deliver } as const;
    const opened = new Shops(settings, isTracked);
    const each = Array.from({ length: processes });
    opened.#shops = await Promise.all(each.map(() => startShop(settings, CONDITIONS)));
    if (isTracked && !deliver) opened.#workers = await Promise.all(each.map(() => opened.#startWorker()));
    return opened;
  }

  #startWorker(): Promise<Shop> {
    return startShop({ ...this.#settings, deliver: true }, CONDITIONS);
  }

  /** The shop that an order's shopper visits. */
  shopOf(number: number): Shop | undefined {
    return this.#shops[number % this.#shops.length];
  }

  /** Visits a page in a part of the run, from 0 to 1. Returns whether the page was answered. */
  async visit(number: number, path: string, part: () => number): Promise<boolean> {
    const wasUp = this.#isUp;
    const visit = await this.shopOf(number)?.shoppers.visit(path);
    if (!visit) return false;
    const { status, ms } = visit;
    // While the shop is down, and in the moment of the kill, no page can come.
    if (wasUp && this.#isUp) {
      if (status !== 200) this.#brokenPages.push(status);
      const slice = this.#slices[Math.min(SLICES - 1, Math.floor(part() * SLICES))];
      for (const latencies of [this.#interval, this.#whole, slice]) latencies?.add(ms);
    }
    return status === 200;
  }

  /** Kills a shop, and a worker where there is one, as a power cut would, and starts them again. */
  async kill(): Promise<void> {
    this.#isUp = false;
    const [shop, ...shops] = this.#shops;
    const [worker, ...workers] = this.#workers;
    await Promise.all([shop?.end(), worker?.end()]);
    const [again, workerAgain] = await Promise.all([
      startShop(this.#settings, CONDITIONS),
      worker && this.#startWorker(),
    ]);
    this.#shops = [again, ...shops];
    if (workerAgain) this.#workers = [workerAgain, ...workers];
    this.#isUp = true;
  }

  /** The orders whose acceptance the shops reported since the last call. */
  async accepted(): Promise<readonly number[]> {
    if (!this.#isTracked) return [];
    const reported = await Promise.all(this.#shops.map((shop) => shop.call("accepted").catch(() => [])));
    return reported.flat();
  }

  /** Reads the memory of the first shop, and keeps how far it grew. */
  watchMemory(seconds: number): number {
    const [shop] = this.#shops;
    const mb = shop?.rssMb() ?? Number.NaN;
    const known = this.#watched;
    const watched = known && known.shop === shop ? known : { shop, since: seconds, warmMb: Number.NaN };
    this.#watched = watched;
    if (seconds - watched.since < WARM_SECONDS) return mb;
    if (Number.isNaN(watched.warmMb)) watched.warmMb = mb;
    if (mb > 0) this.#growthMb = Math.max(this.#growthMb, mb - watched.warmMb);
    return mb;
  }

  /** The page times since the last call. */
  interval(): PageTimes {
    const times = timesOf(this.#interval);
    this.#interval = new Latencies();
    return times;
  }

  get whole(): PageTimes {
    return timesOf(this.#whole);
  }

  get slices(): readonly PageTimes[] {
    return this.#slices.map(timesOf);
  }

  get brokenPages(): readonly (string | number)[] {
    return this.#brokenPages;
  }

  get growthMb(): number {
    return this.#growthMb;
  }

  async end(): Promise<void> {
    await Promise.all([...this.#shops, ...this.#workers].map((shop) => shop.end()));
  }
}

function timesOf(latencies: Latencies): PageTimes {
  return { p50: latencies.percentile(50), p99: latencies.percentile(99) };
}
