import { createTracker } from "@avantlink-s2s/next";
import { trackClicks } from "@avantlink-s2s/next/proxy";
import { NextRequest, NextResponse } from "next/server.js";
import { expect, test } from "vitest";
import { MERCHANT_ID } from "../conformance/shop.ts";
import { eventLog } from "../support/events.ts";

test("a shop's test, or another proxy, calls the proxy with the request alone", async () => {
  const tracker = createTracker({ merchantId: MERCHANT_ID, mode: "dry-run", onEvent: () => {} });
  const proxy = trackClicks(tracker, () => NextResponse.next({ headers: { "x-shop": "larch" } }));
  const answer = await proxy(
    new NextRequest("http://localhost/?avad=77_f3", {
      headers: { host: "shop.example", accept: "text/html", "user-agent": "Mozilla/5.0 Firefox/140.0" },
    }),
  );
  expect(answer.headers.get("x-shop")).toBe("larch");
  expect(answer.headers.getSetCookie().map((line) => line.split("=", 1)[0])).toContain("avad");
});

test("a landing at which the shop's proxy throws is a click, and the error goes on to Next", async () => {
  const events = eventLog();
  const options = { merchantId: MERCHANT_ID, mode: "dry-run", onEvent: events.onEvent } as const;
  const thrown = new Error("boom");
  const proxy = trackClicks(createTracker(options), () => Promise.reject(thrown));
  const headers = { host: "shop.example", accept: "text/html", "user-agent": "Mozilla/5.0 Firefox/140.0" };
  await expect(proxy(new NextRequest("http://localhost/?avad=77_f3", { headers }))).rejects.toBe(thrown);
  expect(await events.waitFor("skipped")).toMatchObject([{ kind: "click", reason: "dry-run" }]);
});
