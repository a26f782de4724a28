// An AvantLink in a process of its own, so that what it does takes no time from whoever measures.
import { startSandbox } from "@avantlink-s2s/sandbox";

/** How it answers. */
export interface SandboxSettings {
  readonly hangs: boolean;
}

/** Asks to wait for so many orders. */
export interface AwaitOrders {
  readonly orders: number;
}

export type SandboxNews =
  | { readonly told: "ready"; readonly url: string }
  | { readonly told: "arrived"; readonly orders: number };

const { hangs }: SandboxSettings = JSON.parse(process.argv[2] ?? "");
process.on("disconnect", () => process.exit());
const tell = (news: SandboxNews) => process.send?.(news);
const sandbox = await startSandbox();
// Else as far away as a server on the same coast.
sandbox.fail(hangs ? { hang: true } : { delayMs: 30 });
process.on("message", async ({ orders }: AwaitOrders) => {
  await sandbox.waitForOrders(orders, { timeoutMs: 30_000 });
  tell({ told: "arrived", orders: sandbox.orders.length });
});
tell({ told: "ready", url: sandbox.url });
