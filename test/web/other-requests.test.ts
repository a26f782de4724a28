import { startSandbox } from "@avantlink-s2s/sandbox";
import { createTracker } from "@avantlink-s2s/web";
import { createTracker as createSvelteKitTracker, type SvelteKitEvent } from "@avantlink-s2s/web/sveltekit";
import { afterAll, afterEach, expect, test } from "vitest";
import { sent } from "../conformance/harness.ts";
import { eventLog } from "../support/events.ts";
import { anOrder, MERCHANT_ID } from "../support/orders.ts";

const sandbox = await startSandbox();
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const cookie = "consent=yes; avad=77_f3";

// Plain JavaScript has no types to stop it.
test.each<[string, object]>([
  ["a request of Node.js", { method: "GET", url: "/thanks", headers: { host: "shop.example", cookie } }],
  [
    "a framework's event",
    { request: new Request("http://shop.example/thanks", { headers: { cookie } }), locals: {} },
  ],
])("%s in place of a web request is read as far as it can be", async (_, from) => {
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    consent: ({ cookies }) => cookies.consent === "yes",
  });
  expect(await tracker.trackOrder(anOrder(), from as Request)).toMatchObject({ status: "accepted" });
  const [order] = await sandbox.waitForOrders(1);
  expect(sent(order, "tracking_ids.avantlink_avad")).toBe("77_f3");
  expect(sent(order, "current_url")).toMatch(/^http:\/\/(?:shop\.example|localhost)\/thanks$/);
  await tracker.close();
});

test("a request that cannot be read denies where the shop asks for consent", async () => {
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    consent: () => true,
    onEvent() {},
  });
  const receipt = await tracker.trackOrder(anOrder(), { req: {} } as unknown as Request);
  expect(receipt).toMatchObject({ status: "skipped", reason: "consent" });
  await tracker.close();
});

test("options that are null are none", async () => {
  const tracker = createTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url, onEvent() {} });
  const nothing = null as unknown as undefined;
  const from = new Request("http://shop.example/thanks", { headers: { cookie } });
  expect(await tracker.trackOrder(anOrder(), from, nothing)).toMatchObject({ status: "accepted" });
  expect(await tracker.trackOrder(anOrder(), { avad: "77_f3" }, nothing)).toMatchObject({
    status: "duplicate",
  });
  expect(await tracker.contextOf(from, nothing)).toMatchObject({ avad: "77_f3" });
  await tracker.close();
});

test("an event that its framework's tracker cannot open has a receipt, and denies where the shop asks for consent", async () => {
  const events = eventLog();
  const options = { merchantId: MERCHANT_ID, endpoint: sandbox.url, onEvent: events.onEvent };
  const event = { request: new Request("http://shop.example/thanks") } as SvelteKitEvent;
  const tracker = createSvelteKitTracker(options);
  expect(await tracker.trackOrder(anOrder(), event)).toMatchObject({ status: "accepted" });
  expect(events.of("problem")).toMatchObject([{ error: { code: "hook.threw" } }]);
  await tracker.close();
  const asking = createSvelteKitTracker({ ...options, consent: () => true });
  expect(await asking.trackOrder(anOrder(), event)).toMatchObject({ status: "skipped", reason: "consent" });
  await asking.close();
});

test("a page whose address is known, and not used or not usable, is not said to be unknown", async () => {
  const tracker = createTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url, onEvent() {} });
  const headers = { "user-agent": "Firefox", "sec-fetch-mode": "navigate" };
  const order = anOrder();
  const context = { userAgent: "Firefox" };
  const receipts = [
    await tracker.trackOrder(
      { status: "mapped", order, context, findings: [] },
      new Request("https://shop.example/thanks", { headers }),
    ),
    await tracker.trackOrder(order, { ...context, currentUrl: "/thanks" }),
  ];
  const found = receipts.map(({ findings }) => findings.map(({ code }) => code));
  expect(found).toMatchObject([
    ["context.not-used", "context.no-id"],
    ["context.invalid", "context.no-id"],
  ]);
  await tracker.close();
});
