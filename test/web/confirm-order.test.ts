import { startSandbox } from "@avantlink-s2s/sandbox";
import { createTracker, type Tracker, trackClicks, trackOrders } from "@avantlink-s2s/web";
import * as h3 from "@avantlink-s2s/web/h3";
import { H3 } from "h3";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EventLog, eventLog } from "../support/events.ts";
import { anOrder, MERCHANT_ID } from "../support/orders.ts";

const sandbox = await startSandbox();
let events: EventLog;
let tracker: Tracker;

beforeEach(() => {
  events = eventLog();
  tracker = createTracker({ merchantId: MERCHANT_ID, endpoint: sandbox.url, onEvent: events.onEvent });
});
afterEach(async () => {
  await tracker.close();
  sandbox.reset();
});
afterAll(() => sandbox.close());

const aRequest = (path = "/thanks") => new Request(`https://shop.example${path}`);

describe("a waitUntil that was taken off its object, and therefore throws,", () => {
  const host = {
    waitUntil() {
      throw new TypeError("Illegal invocation");
    },
  };
  const threw = [{ error: { code: "hook.threw", message: expect.stringContaining("waitUntil threw") } }];

  test("costs neither the page nor the order", async () => {
    const page = trackOrders(
      tracker,
      () => anOrder(),
      () => new Response("thank you"),
    );
    expect(await (await page(aRequest(), host)).text()).toBe("thank you");
    expect(await sandbox.waitForOrders(1)).toHaveLength(1);
    expect(events.of("problem")).toMatchObject(threw);
  });

  test("costs neither the page nor the click", async () => {
    const page = await trackClicks(tracker)(aRequest("/?avad=77_f3"), () => new Response("home"), host);
    expect(await page.text()).toBe("home");
    expect(await sandbox.waitForClicks(1)).toHaveLength(1);
    expect(events.of("problem")).toMatchObject(threw);
  });

  test("costs no receipt", async () => {
    expect(await tracker.trackOrder(anOrder(), aRequest(), host)).toMatchObject({ status: "accepted" });
    expect(events.of("problem")).toMatchObject(threw);
  });
});

describe("a Worker's context that is given as it is, with waitUntil in its class,", () => {
  class WorkersContext {
    readonly #works: Promise<unknown>[] = [];
    waitUntil(work: Promise<unknown>) {
      this.#works.push(work);
    }
    get count() {
      return this.#works.length;
    }
  }

  test("gets the delivery of a page's order", async () => {
    const context = new WorkersContext();
    const page = trackOrders(
      tracker,
      () => anOrder(),
      () => new Response("thank you"),
    );
    await page(aRequest(), context);
    expect(context.count).toBe(1);
    expect(events.of("problem")).toEqual([]);
  });

  test("gets the delivery of a click", async () => {
    const context = new WorkersContext();
    await trackClicks(tracker)(aRequest("/?avad=77_f3"), () => new Response("home"), context);
    expect(context.count).toBe(1);
    expect(events.of("problem")).toEqual([]);
  });

  test("gets the delivery of an order, with and without a request", async () => {
    const context = new WorkersContext();
    await tracker.trackOrder(anOrder(), aRequest(), context);
    await tracker.trackOrder(anOrder({ orderNumber: "1002" }), undefined, context);
    expect(context.count).toBe(2);
    expect(events.of("problem")).toEqual([]);
  });
});

describe("on Vercel, whose own waitUntil is found,", () => {
  const VERCEL = Symbol.for("@vercel/request-context");
  const works: Promise<unknown>[] = [];

  beforeEach(() => {
    works.length = 0;
    // What Vercel's own package reads.
    Reflect.set(globalThis, VERCEL, {
      get: () => ({ waitUntil: (work: Promise<unknown>) => works.push(work) }),
    });
  });
  afterEach(() => void Reflect.deleteProperty(globalThis, VERCEL));

  test.each<[string, () => Promise<unknown>]>([
    [
      "a page's order",
      () =>
        trackOrders(
          tracker,
          () => anOrder(),
          () => new Response(),
        )(aRequest()),
    ],
    ["an order that is tracked by itself", () => tracker.trackOrder(anOrder(), aRequest())],
    ["a webhook's order", () => tracker.trackOrder(anOrder(), { avad: "77_f3" })],
    ["a click", () => trackClicks(tracker)(aRequest("/?avad=77_f3"), () => new Response())],
    [
      "an order of h3, whose request has none",
      () =>
        new H3()
          .get("/thanks", () => "thanks")
          .use(h3.trackOrders(tracker, () => anOrder()))
          .request(aRequest()) as Promise<Response>,
    ],
  ])("the platform keeps the function alive for %s", async (_, call) => {
    await call();
    expect(works).toHaveLength(1);
    expect(events.of("problem")).toEqual([]);
  });
});

test("a handler that returns no response confirms nothing, and that is reported", async () => {
  const page = trackOrders(
    tracker,
    () => anOrder(),
    () => undefined as never,
  );
  expect(await page(aRequest())).toBeUndefined();
  expect(events.all).toMatchObject([{ type: "skipped", reason: "not-confirmed", status: 500 }]);
});

describe("a handler that throws its answer confirms nothing, and that is reported:", () => {
  test.each<[string, unknown, number]>([
    ["a Response", new Response(null, { status: 303 }), 303],
    ["a framework's redirect", { status: 307, location: "/thanks" }, 307],
    ["Next's redirect", { digest: "NEXT_REDIRECT;replace;/thanks;307;" }, 307],
    ["Next's not-found page", { digest: "NEXT_HTTP_ERROR_FALLBACK;404" }, 404],
    ["an error", new Error("boom"), 500],
  ])("%s", async (_, thrown, status) => {
    const page = trackOrders(
      tracker,
      () => anOrder(),
      () => {
        throw thrown;
      },
    );
    await expect(page(aRequest())).rejects.toBe(thrown);
    expect(events.all).toMatchObject([{ type: "skipped", reason: "not-confirmed", status }]);
  });

  test("a signal by which Next goes on rendering is none", async () => {
    const thrown = { digest: "DYNAMIC_SERVER_USAGE" };
    const page = trackOrders(
      tracker,
      () => anOrder(),
      () => Promise.reject(thrown),
    );
    await expect(page(aRequest())).rejects.toBe(thrown);
    expect(events.all).toEqual([]);
  });
});

test("an order that is tracked at a HEAD request is skipped, because nobody saw the page", async () => {
  const head = new Request("https://shop.example/thanks", {
    method: "HEAD",
    headers: { cookie: "avad=77_f3" },
  });
  const skipped = { status: "skipped", reason: "head" };
  expect(await tracker.trackOrder(anOrder(), head)).toMatchObject(skipped);
  const mapped = { status: "mapped", order: anOrder(), context: { avad: "77_f3" }, findings: [] } as const;
  expect(await tracker.trackOrder(mapped, head)).toMatchObject(skipped);
  // As in plain JavaScript. A promise that nobody handles would end the process.
  const unawaited = Promise.reject(new Error("database is away")) as never;
  expect(await tracker.trackOrder(unawaited, head)).toMatchObject(skipped);
});
