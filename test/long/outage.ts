/**
 * An outage of AvantLink, scaled down: `pnpm test:outage --outbox bullmq --seconds 72 --orders 1000`, which is what
 * it does of itself, for every outbox on a server when none is named.
 */
import { parseArgs } from "node:util";
import { aStore, DURABLE } from "../support/stores.ts";
import { isClean, outageRun } from "./outage-run.ts";

const { values } = parseArgs({
  options: {
    outbox: { type: "string" },
    seconds: { type: "string", default: "72" },
    orders: { type: "string", default: "1000" },
  },
});
let failed = false;

for (const kind of DURABLE.filter((name) => values.outbox === undefined || values.outbox === name)) {
  const store = await aStore(kind);
  if ("missing" in store) {
    console.log(`${kind}: skipped, ${store.missing}`);
    continue;
  }
  const [seconds, orders] = [Number(values.seconds), Number(values.orders)];
  const report = await outageRun({ address: store.address, seconds, orders });
  await store.end();
  const { missing, repeats, fastest, bound, overtook, attempts, totals } = report;
  console.log(`${kind}: ${orders} orders in an outage of ${seconds} s, ${attempts} attempts in vain
  ${missing.length} missing, ${repeats} repeats; at most ${fastest} requests a second (bound: ${bound})
  the fresh order came after ${overtook} of those that had waited; the outbox says ${JSON.stringify(totals)}`);
  failed ||= !isClean(report);
}
process.exit(failed ? 1 : 0);
