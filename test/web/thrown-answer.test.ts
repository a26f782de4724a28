import { startSandbox } from "@avantlink-s2s/sandbox";
import { createTracker, trackClicks } from "@avantlink-s2s/web";
import * as h3 from "@avantlink-s2s/web/h3";
import * as svelteKit from "@avantlink-s2s/web/sveltekit";
import { H3, HTTPError } from "h3";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { sent } from "../conformance/harness.ts";
import { eventLog } from "../support/events.ts";
import { MERCHANT_ID } from "../support/orders.ts";

const sandbox = await startSandbox();
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const events = eventLog();
const options = { merchantId: MERCHANT_ID, endpoint: sandbox.url, onEvent: events.onEvent };
const aLanding = () =>
  new Request("https://shop.example/?avad=77_f3", {
    headers: { accept: "text/html", "sec-fetch-dest": "document", "user-agent": "Mozilla/5.0 Firefox/140" },
  });

describe("a landing whose answer is thrown is a click:", () => {
  const tracker = createTracker(options);
  afterAll(() => tracker.close());

  test("of a shop that throws an error, which goes on", async () => {
    const thrown = new Error("boom");
    await expect(trackClicks(tracker)(aLanding(), () => Promise.reject(thrown))).rejects.toBe(thrown);
    await sandbox.waitForClicks(1);
  });

  test("of a shop that throws a redirect, which goes on with our cookies", async () => {
    const redirect = () => {
      throw new Response(null, { status: 302, headers: { location: "/en" } });
    };
    const thrown = await trackClicks(tracker)(aLanding(), redirect).catch((response) => response);
    expect(thrown).toMatchObject({ status: 302 });
    expect(thrown.headers.get("location")).toBe("/en");
    expect(thrown.headers.getSetCookie()).toHaveLength(2);
    expect(thrown.headers.get("cache-control")).toBe("private, no-store");
    await sandbox.waitForClicks(1);
  });

  test("on h3, whose own page of the error is shown", async () => {
    const own = h3.createTracker(options);
    const app = new H3().use(h3.trackClicks(own)).get("/", () => {
      throw new HTTPError({ status: 418 });
    });
    const response = await app.request(aLanding());
    expect(response.status).toBe(418);
    expect(response.headers.getSetCookie()).toHaveLength(2);
    expect(response.headers.get("cache-control")).toBe("private, no-store");
    await sandbox.waitForClicks(1);
    await own.close();
  });

  test("but on h3 of a redirect that is thrown to another host with the token", async () => {
    const own = h3.createTracker(options);
    const app = new H3().use(h3.trackClicks(own)).get("/", () => {
      throw new HTTPError({ status: 302, headers: { location: "https://www.shop.example/?avad=77_f3" } });
    });
    expect(await app.request(aLanding())).toMatchObject({ status: 302 });
    await own.close();
    expect(sandbox.clicks).toEqual([]);
  });

  test("but of a redirect to another host with the token, where the shopper lands again", async () => {
    const thrown = new Response(null, {
      status: 302,
      headers: { location: "https://www.shop.example/?avad=77_f3" },
    });
    await trackClicks(tracker)(aLanding(), () => Promise.reject(thrown)).catch(() => {});
    await tracker.flush();
    expect(sandbox.clicks).toEqual([]);
  });
});

/** SvelteKit's event, whose jar goes out with a redirect that a hook throws. */
function svelteKitEvent(set: (name: string, value: string, options: object) => void) {
  const request = aLanding();
  const getClientAddress = () => "203.0.113.7";
  return { request, url: new URL(request.url), isDataRequest: false, cookies: { set }, getClientAddress };
}

describe("a landing that a later hook of SvelteKit redirects by throwing", () => {
  const thrown = { status: 307, location: "/en" };
  const resolve = () => Promise.reject(thrown);

  test("is a click, and its cookies go into SvelteKit's own jar", async () => {
    const tracker = svelteKit.createTracker(options);
    const jar = new Map<string, { value: string; options: object }>();
    const event = svelteKitEvent((name, value, given) => void jar.set(name, { value, options: given }));
    await expect(svelteKit.trackClicks(tracker)({ event, resolve })).rejects.toBe(thrown);
    const [click] = await sandbox.waitForClicks(1);
    const attributes = {
      path: "/",
      maxAge: 31_536_000,
      sameSite: "lax",
      httpOnly: true,
      secure: true,
    };
    expect(jar.get("avad")).toEqual({ value: "77_f3", options: attributes });
    expect(jar.get("avad_visitor")).toEqual({
      value: sent(click, "tracking_ids.visitor_id.0"),
      options: attributes,
    });
    await tracker.close();
  });

  test("on plain http gets cookies that such a site can keep", async () => {
    const tracker = svelteKit.createTracker({ ...options, siteUrl: "http://shop.example" });
    const secure: unknown[] = [];
    const event = svelteKitEvent((_name, _value, given) => void secure.push(Reflect.get(given, "secure")));
    await expect(svelteKit.trackClicks(tracker)({ event, resolve })).rejects.toBe(thrown);
    expect(secure).toEqual([false, false]);
    await tracker.close();
  });

  test("after its page was rendered still goes on, and what was lost is reported", async () => {
    const tracker = svelteKit.createTracker(options);
    const event = svelteKitEvent(() => {
      throw new Error("Cannot use `cookies.set(...)` after the response has been generated");
    });
    await expect(svelteKit.trackClicks(tracker)({ event, resolve })).rejects.toBe(thrown);
    expect(await events.waitFor("problem")).toMatchObject([{ error: { code: "hook.threw" } }]);
    await sandbox.waitForClicks(1);
    await tracker.close();
  });
});
