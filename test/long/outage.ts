/**
 * An outage of AvantLink, scaled down: `pnpm test:outage --outbox bullmq --seconds 72 --orders 1000`. These figures are
 * the default, and every outbox is tested by default.
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
  console.log(`${kind}: ${orders} orders in an outage of ${seconds} s, ${attempts} failed attempts
  ${missing.length} missing, ${repeats} repeats; at most ${fastest} requests a second (bound: ${bound})
  the new order came after ${overtook} of the waiting orders; the outbox says ${JSON.stringify(totals)}`);
  failed ||= !isClean(report);
}
process.exit(failed ? 1 : 0);
