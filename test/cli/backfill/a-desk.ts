import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type OrderRecord, type Sandbox, startSandbox } from "@avantlink-s2s/sandbox";
import { onTestFinished } from "vitest";
import { runCommand, startCommand } from "../../support/command-line.ts";
import { aContext, anOrder, MERCHANT_ID } from "../../support/orders.ts";

/** A folder with a file of orders, and a sandbox to send them to. */
export async function aDesk(name: string, text: string | Uint8Array) {
  const folder = await mkdtemp(join(tmpdir(), "avantlink-cli-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, name);
  await writeFile(file, text);
  const sandbox = await startSandbox();
  onTestFinished(() => sandbox.close());
  const env = { AVANTLINK_MERCHANT_ID: MERCHANT_ID, AVANTLINK_ENDPOINT: sandbox.url };
  return {
    folder,
    file,
    sandbox,
    env,
    start: (...args: string[]) =>
      startCommand(["backfill", file, "--rate", "2000", "--yes", ...args], { env }),
    run: (...args: string[]) => runCommand(["backfill", file, "--rate", "2000", "--yes", ...args], { env }),
  };
}

/** One a line. */
export const ndjson = (orders: readonly unknown[]) =>
  orders.map((order) => `${JSON.stringify(order)}\n`).join("");

/** Orders with the numbers from 1 on, each with a shopper's context. */
export const manyOrders = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    ...anOrder({ orderNumber: `${index + 1}` }),
    context: aContext(),
  }));

const numberOf = ({ body }: OrderRecord) => (body as { order: { order_number: string } }).order.order_number;

/** The numbers of the orders that a sandbox has taken, as they came. */
export const numbersAt = ({ orders }: Sandbox) => orders.map(numberOf);

/** What a sandbox was sent of an order. */
export const orderAt = ({ orders }: Sandbox, number: string) =>
  orders.find((order) => numberOf(order) === number)?.body;
