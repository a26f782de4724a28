// A sandbox in a process of its own, so that it takes no time from the measured process.
import { startSandbox } from "@avantlink-s2s/sandbox";

/** How the sandbox answers. */
export interface SandboxSettings {
  readonly hangs: boolean;
}

/** Asks the process to report when this many orders have arrived. */
export interface AwaitOrders {
  readonly orders: number;
}

export type SandboxNews =
  | { readonly kind: "ready"; readonly url: string }
  | { readonly kind: "arrived"; readonly orders: number };

const { hangs }: SandboxSettings = JSON.parse(process.argv[2] ?? "");
process.on("disconnect", () => process.exit());
const send = (news: SandboxNews) => process.send?.(news);
const sandbox = await startSandbox();
// 30 ms: a server in the same region.
sandbox.fail(hangs ? { hang: true } : { delayMs: 30 });
process.on("message", async ({ orders }: AwaitOrders) => {
  await sandbox.waitForOrders(orders, { timeoutMs: 30_000 });
  send({ kind: "arrived", orders: sandbox.orders.length });
});
send({ kind: "ready", url: sandbox.url });
