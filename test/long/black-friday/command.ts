/**
 * Black Friday on one small machine: `pnpm test:black-friday --minutes 60`. An Express shop takes 667 orders a second, as
 * all shops of Shopify did at their peak in 2025, through two outages of AvantLink and a kill.
 * `--outbox bullmq|postgres` has two shops beside two workers; `--rate` sets the orders a second. `--keep` writes the
 * table and the picture into bench/RESULTS.md.
 */
import { parseArgs } from "node:util";
import { forTerminal, keepAnswer } from "../../../bench/frame/report.ts";
import { ownRedis } from "../../support/services.ts";
import { aStore, DURABLE } from "../../support/stores.ts";
import type { BlackFriday } from "./plan.ts";
import { answerOf, faultsOf, pictureOf } from "./report.ts";
import { blackFriday } from "./run.ts";

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "2" },
    rate: { type: "string", default: "667" },
    outbox: { type: "string", default: "sqlite" },
    keep: { type: "boolean", default: false },
  },
});
const kind = DURABLE.find((name) => name === values.outbox);
if (!kind) throw new Error(`--outbox must be one of ${DURABLE.join(", ")}.`);
// A Redis that writes each order to the disk before it answers, which others usually do not.
const server = kind === "bullmq" ? await ownRedis() : undefined;
const store = await aStore(kind, server);
if ("missing" in store) throw new Error(store.missing);
let width = 0;
const plan: BlackFriday = {
  address: store.address,
  minutes: Number(values.minutes),
  rate: Number(values.rate),
  processes: kind === "sqlite" ? 1 : 2,
  progress(line) {
    if (!process.stderr.isTTY) console.log(line);
    else process.stderr.write(`\r${line.padEnd(width)}`);
    width = line.length;
  },
};
const report = await blackFriday(plan);
await store.end();
await server?.end();
const answer = answerOf(report, plan);
console.log(`\n${forTerminal(answer)}`);
if (values.keep) {
  const name = kind === "sqlite" ? "black-friday" : `black-friday-${kind}`;
  keepAnswer(name, `Black Friday on ${kind}`, answer, pictureOf(report, plan));
}
const faults = faultsOf(report);
const missed = answer.targets.filter(({ verdict }) => verdict === "missed");
for (const fault of faults) console.error(fault);
for (const { what, figure, bound } of missed) console.error(`missed: ${what} ${figure}, bound ${bound}`);
process.exit(faults.length + missed.length > 0 ? 1 : 0);
