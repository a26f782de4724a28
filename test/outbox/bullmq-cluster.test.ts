import { bullmqOutbox } from "@avantlink-s2s/outbox/bullmq";
import { aJob, delivered } from "@avantlink-s2s/outbox/testing";
import { Cluster } from "ioredis";
import { expect, onTestFinished, test } from "vitest";
import { ifInstalled, ownRedisCluster } from "../support/services.ts";
import { shiftedClock } from "../support/shifted-clock.ts";

const nodes = await ifInstalled(ownRedisCluster);
const title = "the settled orders are found on whichever node of a cluster they are";

test.skipIf(!nodes)(nodes ? title : `${title} (skipped: not installed)`, async () => {
  onTestFinished(async () => void (await Promise.all((nodes ?? []).map((node) => node.end()))));
  const cluster = new Cluster((nodes ?? []).map(({ url }) => url));
  onTestFinished(() => cluster.disconnect());
  const outbox = bullmqOutbox({ connection: cluster });
  onTestFinished(() => outbox.close());
  await outbox.open(shiftedClock(), () => {});
  for (const number of ["1", "2", "3"]) await outbox.put(aJob(number));
  const due = await outbox.deliverDue(async () => delivered, { concurrency: 2, timeoutMs: 10_000 });
  expect(due).toMatchObject({ delivered: 3 });
  const found = [];
  for (let times = 0; times < 10; times += 1)
    found.push((await outbox.settled.list({ from: 0, until: Date.now() + 60_000 })).length);
  expect(found).toEqual(found.map(() => 3));
});
