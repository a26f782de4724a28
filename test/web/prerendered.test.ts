import { createTracker as createAstroTracker } from "@avantlink-s2s/web/astro";
import { createTracker as createSvelteKitTracker } from "@avantlink-s2s/web/sveltekit";
import { expect, test } from "vitest";
import { anOrder, MERCHANT_ID } from "../support/orders.ts";

const options = { merchantId: MERCHANT_ID, mode: "dry-run" } as const;

/** What Astro gives to a page. */
const astro = (isPrerendered: boolean) => ({
  request: new Request("http://localhost/thank-you"),
  clientAddress: "203.0.113.7",
  locals: {},
  isPrerendered,
});

/** What SvelteKit gives to a `load`. */
const svelteKit = (origin: string) => ({
  request: new Request(`${origin}/thank-you`),
  url: new URL(`${origin}/thank-you`),
  isDataRequest: false,
  cookies: { set() {} },
  getClientAddress: () => "203.0.113.7",
});

test("a prerendered page of Astro that tracks an order fails the build", async () => {
  const tracker = createAstroTracker(options);
  const prerendered = { code: "order.static-page", message: expect.stringContaining("prerender = false") };
  await expect(tracker.trackOrder(anOrder(), astro(true))).rejects.toMatchObject(prerendered);
  expect(await tracker.trackOrder(anOrder(), astro(false))).toMatchObject({
    status: "skipped",
    reason: "dry-run",
  });
});

test("so does one of SvelteKit", async () => {
  const tracker = createSvelteKitTracker(options);
  const prerendered = svelteKit("http://sveltekit-prerender");
  await expect(tracker.trackOrder(anOrder(), prerendered)).rejects.toMatchObject({
    code: "order.static-page",
  });
  const page = svelteKit("https://shop.example");
  expect(await tracker.trackOrder(anOrder(), page)).toMatchObject({ status: "skipped", reason: "dry-run" });
});
