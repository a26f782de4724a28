import { AvantLinkError, createTracker, type DeliverDueReport } from "@avantlink-s2s/core";
import { expect, test } from "vitest";
import { deliverUntil } from "../../../packages/cli/src/outbox/command-tracker.ts";

const REPORT = { delivered: 0, retrying: 0, dead: 0, timedOut: false };
const FAILED = { ...REPORT, error: new AvantLinkError("outbox.unavailable") };

/** What a command says of these reports of the tracker, one after the other. */
const said = (...reports: DeliverDueReport[]) => saidWhere(async () => false, ...reports);

async function saidWhere(isEnough: () => Promise<boolean>, ...reports: DeliverDueReport[]) {
  const tracker = createTracker({ mode: "dry-run", onEvent: () => {} });
  const deliverDue = async () => reports.shift() ?? REPORT;
  return deliverUntil({ ...tracker, deliverDue }, 60_000, isEnough);
}

test("what was delivered before the outbox failed is said, and that it is not all", async () => {
  expect(await said({ ...REPORT, delivered: 3 }, { ...REPORT, dead: 1 }, FAILED)).toMatchObject({
    delivered: 3,
    dead: 1,
    timedOut: true,
  });
});

test("an outbox that fails before anything was delivered is an error", async () => {
  await expect(said(FAILED)).rejects.toBe(FAILED.error);
});

test("what was delivered before the outbox failed is said, where it failed when asked what is left", async () => {
  const away = () => Promise.reject(FAILED.error);
  expect(await saidWhere(away, { ...REPORT, delivered: 3 })).toMatchObject({ delivered: 3, timedOut: true });
  await expect(saidWhere(away, REPORT)).rejects.toBe(FAILED.error);
});
