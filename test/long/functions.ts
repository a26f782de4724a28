/**
 * A shop on Next.js whose every request is a process of its own, killed or frozen after the response, on PostgreSQL:
 * `pnpm test:functions --orders 500`.
 */
import { parseArgs } from "node:util";
import buildPackages from "../support/built-packages.ts";
import { aStore } from "../support/stores.ts";
import { functionsRun } from "./functions-run.ts";

const { values } = parseArgs({ options: { orders: { type: "string", default: "500" } } });
const store = await aStore("postgres");
if ("missing" in store || store.address.kind !== "postgres") throw new Error("The run needs PostgreSQL.");
buildPackages();
const orders = Number(values.orders);
const report = await functionsRun({ next: "next", ...store.address, orders });
await store.end();
console.log(report);
const { accepted, arrived, missing, repeats } = report;
process.exit(accepted === orders && arrived === orders && missing.length + repeats.length === 0 ? 0 : 1);
