import { readFileSync } from "node:fs";
import { type Remote, startProcess } from "./frame/remote.ts";
import { type Shoppers, shoppersOf } from "./load.ts";
import type { ShopMethods } from "./processes/shop-process.ts";
import type { TrackerSettings } from "./trackers.ts";

/** A shop with its shoppers. */
export interface Shop extends Remote<ShopMethods> {
  readonly shoppers: Shoppers;
  /** The shop's memory, in MB. */
  rssMb(): number;
}

/** Starts a shop in a process of its own. `env` goes on top of this process's environment. */
export async function startShop(settings: TrackerSettings, env: NodeJS.ProcessEnv = {}): Promise<Shop> {
  const remote = await startProcess<ShopMethods>(new URL("./processes/shop-process.ts", import.meta.url), {
    env: { ...env, BENCH_SHOP: JSON.stringify(settings) },
  });
  const { origin, session } = await remote.call("enter");
  const shoppers = shoppersOf(origin, session);
  return {
    ...remote,
    shoppers,
    rssMb: () => rssMb(remote.process.pid),
    async end() {
      await remote.end();
      await shoppers.leave();
    },
  };
}

/** The memory of a process in MB, read without asking the process; NaN where it is gone, or without /proc. */
function rssMb(pid: number | undefined): number {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(kilobytes) / 1_024;
  } catch {
    return Number.NaN;
  }
}
