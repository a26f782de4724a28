// A backfill that is killed and stopped on its way, of a length to choose:
// pnpm test:backfill --orders 100000 --breaks SIGKILL,SIGINT --rate 5000 --concurrency 20
import { parseArgs } from "node:util";
import { type BackfillRun, backfillRun, isClean } from "./backfill-run.ts";

const { values } = parseArgs({
  options: {
    orders: { type: "string", default: "10000" },
    breaks: { type: "string", default: "SIGKILL" },
    rate: { type: "string", default: "5000" },
    concurrency: { type: "string", default: "20" },
  },
});
let nextPrinted = 0;
const run: BackfillRun = {
  orders: Number(values.orders),
  breaks: values.breaks.split(",").filter((how) => how === "SIGKILL" || how === "SIGINT"),
  rate: Number(values.rate),
  concurrency: Number(values.concurrency),
  progress(received, resident) {
    if (received < nextPrinted) return;
    nextPrinted += Number(values.orders) / 20;
    console.log(`${received} received, ${resident} MiB`);
  },
};
const report = await backfillRun(run);
console.log(JSON.stringify(report, null, 2));
process.exitCode = isClean(report, run) ? 0 : 1;
