import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { createTracker, memoryOutbox, type TrackingContext } from "@avantlink-s2s/core";
import { sqliteOutbox } from "@avantlink-s2s/outbox/sqlite";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, afterEach, expect, test } from "vitest";
import { startChild } from "../../support/child.ts";
import { eventLog } from "../../support/events.ts";
import { anOrder, MERCHANT_ID } from "../../support/orders.ts";

const sandbox = await startSandbox();
const folder = mkdtempSync(join(tmpdir(), "anonymous-"));
afterEach(() => sandbox.reset());
afterAll(async () => {
  await sandbox.close();
  rmSync(folder, { recursive: true });
});

/** A value in every field of a context and of an order that could identify a shopper. */
const PLANTED: TrackingContext = {
  currentUrl: "https://shop.example/thanks?avad=planted-url&utm_term=planted-term",
  referrerUrl: "https://shop.example/planted-referrer",
  userAgent: "planted-agent",
  ipAddress: "203.0.113.77",
  avad: "planted-avad",
  visitorIds: ["planted-visitor"],
  userIds: ["planted-user"],
  googleClickId: "planted-gclid",
  customTrackingCode: "planted-code",
};
const order = anOrder({
  customer: {
    newCustomer: true,
    country: "US",
    state: "planted-state",
    region: "planted-region",
    id: "planted-id",
  },
});

test.each<[string, TrackingContext]>([
  ["consent", { ...PLANTED, consent: "denied" }],
  ["a privacy signal", { ...PLANTED, gpc: true }],
])(
  "an order denied by %s is sent without its shopper: on the wire, on the disk, in events",
  async (name, context) => {
    const events = eventLog();
    const path = join(folder, `${name}.sqlite`);
    const tracker = createTracker({
      merchantId: MERCHANT_ID,
      endpoint: sandbox.url,
      outbox: sqliteOutbox({ path }),
      whenDenied: "anonymous",
      onEvent: events.onEvent,
    });
    const lift = sandbox.fail({ status: 500 });
    // On a busy machine a file may take longer to open than a caller waits.
    await tracker.start();
    const receipt = await tracker.trackOrder(order, context);
    expect(receipt).toMatchObject({ status: "accepted" });
    await events.waitFor("retrying");
    const disk = readFileSync(path, "latin1") + readFileSync(`${path}-wal`, "latin1");
    lift();
    await tracker.close();
    const [sent] = sandbox.requests;
    expect(JSON.parse(sent?.raw ?? "")).toMatchObject({
      current_url: "https://shop.example/thanks",
      tracking_ids: {
        user_id: [],
        visitor_id: [expect.stringMatching(/^[\da-f-]{36}$/)],
        avantlink_avad: "",
      },
      order: {
        order_number: "1001",
        order_amount_subtotal: 261.95,
        coupon_codes: ["SAVE10"],
        customer: { country: "US" },
      },
    });
    for (const text of [sent?.raw, disk, JSON.stringify([events.all, receipt])])
      expect(text).not.toMatch(/planted|203\.0\.113/);
  },
);

test("so it is where the shop's own hook denies a request, with no listener: on the wire, on the disk, on the console", async () => {
  const path = join(folder, "request.sqlite");
  const shop = startChild<{ kind: "stop" }, { kind: "accepted" }>(
    new URL("../../support/anonymous-shop.ts", import.meta.url),
    { endpoint: sandbox.url, path },
    { printed: "pipe" },
  );
  const { stdout, stderr } = shop.process;
  const printed = Promise.all([stdout, stderr].map((stream) => text(stream ?? Readable.from([]))));
  const lift = sandbox.fail({ status: 500 });
  await shop.next("accepted");
  const [refused] = await sandbox.waitForRequests(1, { where: ({ state }) => state === "answered" });
  const disk = readFileSync(path, "latin1") + readFileSync(`${path}-wal`, "latin1");
  lift();
  const [sent] = await sandbox.waitForOrders(1);
  shop.send({ kind: "stop" });
  const console = (await printed).join();
  expect(sent?.body).toMatchObject({ order: { order_number: "1001", coupon_codes: ["SAVE10"] } });
  // Disk and console do hold something of this order.
  expect(console).toContain("[avantlink-s2s]");
  expect(disk).toContain("SAVE10");
  for (const traces of [sent?.raw, JSON.stringify(refused), JSON.stringify(sandbox.requests), disk, console])
    expect(traces).not.toMatch(/planted|203\.0\.113/);
});

test("a denied order that is rejected keeps no more of its shopper in its dead letter", async () => {
  const outbox = memoryOutbox();
  const whenDenied = "anonymous";
  const tracker = createTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url, outbox, whenDenied });
  const context: TrackingContext = { ...PLANTED, consent: "denied" };
  expect(await tracker.trackOrder({ ...order, currency: "??" }, context)).toMatchObject({
    status: "rejected",
  });
  const [letter] = await outbox.dead.list();
  expect(letter?.body).toContain('"country":"US"');
  expect(letter?.body).not.toMatch(/planted|203\.0\.113/);
  await tracker.close();
});

test("a denial that travelled with the order counts also where the given context is none", async () => {
  const tracker = createTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url });
  const denied = { status: "mapped", order, findings: [], context: { consent: "denied" } } as const;
  const notAContext = { headers: {} } as TrackingContext;
  expect(await tracker.trackOrder(denied, notAContext)).toMatchObject({
    status: "skipped",
    reason: "consent",
  });
  await tracker.close();
});

test("without that choice a denied order is skipped", async () => {
  const tracker = createTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url });
  expect(await tracker.trackOrder(order, { ...PLANTED, gpc: true })).toMatchObject({ status: "skipped" });
  await tracker.close();
});
