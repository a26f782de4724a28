/**
 * Kills shops while they accept orders, and judges by the requests that the sandbox received:
 * `pnpm test:kill --outbox sqlite --kills 100`, or `--seconds 600`; every outbox by default. With
 * `--victim server` the test kills a Redis or PostgreSQL server of its own instead.
 */
import { parseArgs } from "node:util";
import { ownPostgres, ownRedis } from "../support/services.ts";
import { aStore, DURABLE } from "../support/stores.ts";
import { isClean, type KillReport, killRun } from "./kill-run.ts";

const { values } = parseArgs({
  options: {
    outbox: { type: "string" },
    kills: { type: "string" },
    seconds: { type: "string" },
    shops: { type: "string" },
    rate: { type: "string" },
    victim: { type: "string", default: "shop" },
  },
});
const number = (text: string | undefined) => (text === undefined ? undefined : Number(text));
const length = {
  kills: number(values.kills) ?? (values.seconds === undefined ? 10 : undefined),
  seconds: number(values.seconds),
  shops: number(values.shops),
  rate: number(values.rate),
};
let failed = false;

for (const kind of DURABLE.filter((name) => values.outbox === undefined || values.outbox === name)) {
  const own = values.victim === "server" ? await (kind === "bullmq" ? ownRedis() : ownPostgres()) : undefined;
  if (own && kind === "sqlite") {
    await own.end();
    continue;
  }
  const store = await aStore(kind, own);
  if ("missing" in store) {
    console.log(`${kind}: skipped, ${store.missing}`);
    continue;
  }
  const given = Object.fromEntries(Object.entries(length).filter(([, value]) => value !== undefined));
  const report = await killRun({ address: store.address, victim: own ?? "shop", ...given });
  await store.end();
  await own?.end();
  print(kind, report);
  failed ||= !isClean(report);
}
process.exitCode = failed ? 1 : 0;

function print(kind: string, report: KillReport): void {
  const { kills, seconds, acknowledged, missing, arrived, faults, answerLost, refused, unsettled } = report;
  const some = (numbers: readonly string[]) =>
    numbers.length > 0 ? ` (${numbers.slice(0, 10).join(", ")})` : "";
  console.log(
    `${kind}: ${kills} kills of the ${values.victim} in ${seconds} s, ${faults} faults of AvantLink
  ${acknowledged} orders acknowledged, ${missing.length} missing${some(missing)}, ${arrived} arrived
  repeats: ${answerLost} after a lost answer, ${unsettled} after a kill before settling (at most ${report.mayRepeat}), ${refused} after a direct delivery, ${report.unexplained.length} unexplained${some(report.unexplained)}
  pages broken: ${report.brokenPages}; the outbox says ${JSON.stringify(report.totals)}`,
  );
}
