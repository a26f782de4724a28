import { once } from "node:events";
import { connect as connectHttp2, createServer } from "node:http2";
import { type AddressInfo, connect } from "node:net";
import { Readable } from "node:stream";
import {
  createTracker,
  type Tracker,
  type TrackerOptions,
  trackClicks,
  trackOrders,
} from "@avantlink-s2s/express";
import { startSandbox } from "@avantlink-s2s/sandbox";
import compression from "compression";
import express5, { type ErrorRequestHandler, type Express, type Request, type Response } from "express";
import express4 from "express-4";
import session from "express-session";
import request from "supertest";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { type EventLog, eventLog } from "../support/events.ts";
import { anOrder, MERCHANT_ID } from "../support/orders.ts";
import { type RunningShop, serve } from "../support/shop.ts";

const OTHER_MERCHANT = "9b2f8f3e-52a1-4f0e-8d8b-3d1d1a1f0c11";
const BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
// What a browser sends with a visit.
const VISIT = { "Sec-Fetch-Mode": "navigate" };

const sandbox = await startSandbox();
const shops: RunningShop[] = [];
const trackers: Tracker[] = [];
let events: EventLog;

beforeEach(() => {
  events = eventLog();
});
afterEach(async () => {
  sandbox.fail(null);
  // What one test left to be retried must not arrive in the next.
  await Promise.all(trackers.splice(0).map((tracker) => tracker.close({ timeoutMs: 0 })));
  sandbox.reset();
  await Promise.all(shops.splice(0).map((shop) => shop.close()));
});
afterAll(() => sandbox.close());

function aTracker(options: TrackerOptions = {}) {
  const tracker = createTracker({
    merchantId: MERCHANT_ID,
    endpoint: sandbox.url,
    onEvent: events.onEvent,
    ...options,
  });
  trackers.push(tracker);
  return tracker;
}

/** A body of a sandbox record, by path. */
function sent(record: { readonly body: unknown } | undefined, path: string): unknown {
  return path.split(".").reduce<unknown>((at, key) => Reflect.get(Object(at), key), record?.body);
}

describe.each([
  ["Express 5", express5],
  ["Express 4.18", express4],
])("on %s", (_, express) => {
  function aShop(tracker = aTracker(), confirm?: (req: Request, res: Response) => unknown): Express {
    const app = express();
    app.set("trust proxy", 1);
    app.use(trackClicks(tracker));
    app.use(
      "/checkout/thank-you",
      trackOrders(tracker, (_, res) => res.locals.order),
    );
    app.get("/", (_, res) => void res.send("home"));
    app.all("/checkout/thank-you", (req, res) => {
      res.locals.order = anOrder();
      return confirm ? confirm(req, res) : res.send("thank you");
    });
    return app;
  }

  async function served(app: Express): Promise<RunningShop> {
    const shop = await serve(app);
    shops.push(shop);
    return shop;
  }

  test("the shop's own parameters are sent where keepParameters names them, with a click and with an order", async () => {
    const app = aShop(aTracker({ keepParameters: ["order", "color"] }));
    await request(app)
      .get("/?avad=77_f3&color=red&email=x")
      .set({ Host: "shop.example", "User-Agent": BROWSER });
    await request(app)
      .get("/checkout/thank-you?order=1001&key=wc_order_1")
      .set({ ...VISIT, Host: "shop.example", Referer: "https://shop.example/checkout?step=2&order=1001" });
    const [click] = await sandbox.waitForClicks(1);
    const [order] = await sandbox.waitForOrders(1);
    expect(sent(click, "current_url")).toBe("http://shop.example/?avad=77_f3&color=red");
    expect(sent(order, "current_url")).toBe("http://shop.example/checkout/thank-you?order=1001");
    expect(sent(order, "referrer_url")).toBe("https://shop.example/checkout?order=1001");
  });

  test("one purchase gives one click and one order, from the shopper's side of one trusted proxy", async () => {
    const proxied = {
      Host: "10.0.0.5:3000",
      "User-Agent": BROWSER,
      "X-Forwarded-For": "6.6.6.6, 203.0.113.7",
      "X-Forwarded-Proto": "https",
      "X-Forwarded-Host": "shop.example",
    };
    const app = aShop();
    const landing = await request(app).get("/?avad=77_f3%2B%2F%3D%25%22%C3%BC+1&gclid=Cj0").set(proxied);
    const cookies =
      landing
        .get("Set-Cookie")
        ?.map((line) => line.split(";", 1)[0])
        .join("; ") ?? "";
    const thanks = {
      ...proxied,
      Cookie: `sid=secret; ${cookies}`,
      Referer: "https://shop.example/checkout?step=2&email=jane%40doe.com",
    };
    await request(app).get("/checkout/thank-you?order=1001").set(thanks);
    await request(app).get("/checkout/thank-you?order=1001").set(thanks);

    const [click] = await sandbox.waitForClicks(1);
    const [order] = await sandbox.waitForOrders(1);
    await events.waitFor("duplicate");
    expect(sandbox.requests).toHaveLength(2);
    for (const record of [click, order]) {
      expect(record?.findings.filter(({ severity }) => severity !== "info")).toEqual([]);
      expect(sent(record, "tracking_ids.avantlink_avad")).toBe('77_f3+/=%"ü+1');
      expect(sent(record, "tracking_ids.user_id")).toEqual([]);
      expect(sent(record, "tracking_ids.visitor_id")).toEqual(sent(click, "tracking_ids.visitor_id"));
      expect(sent(record, "user_ip_address")).toBe("203.0.113.7");
      expect(sent(record, "user_agent")).toBe(BROWSER);
      expect(sent(record, "google_click_id")).toBe("Cj0");
    }
    expect(order?.click).toBe(click?.id);
    expect(sent(order, "current_url")).toBe("https://shop.example/checkout/thank-you");
    expect(sent(order, "referrer_url")).toBe("https://shop.example/checkout");
    expect(sent(order, "tracking_ids.visitor_id")).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    expect(order?.raw).not.toMatch(/secret|jane/);
  });

  test("without a trusted proxy no forwarded header is believed", async () => {
    const app = aShop();
    app.set("trust proxy", false);
    await request(app)
      .get("/checkout/thank-you")
      .set({
        ...VISIT,
        Host: "shop.example",
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
      });
    const [order] = await sandbox.waitForOrders(1);
    expect(sent(order, "user_ip_address")).toBe("127.0.0.1");
    expect(sent(order, "current_url")).toBe("http://shop.example/checkout/thank-you");
  });

  test("a nearby proxy that Express does not trust is reported once, and nothing else is", async () => {
    const behind = { "X-Forwarded-For": "203.0.113.7" };
    const app = aShop();
    const reported = () => events.of("problem").map(({ error }) => error.code);
    await request(app).get("/checkout/thank-you?1").set(behind);
    await request(app).get("/").set({});
    await sandbox.waitForOrders(1);
    expect(reported()).toEqual([]);
    app.set("trust proxy", false);
    await request(app).get("/checkout/thank-you?2");
    await sandbox.waitForOrders(1);
    expect(reported()).toEqual([]);
    await request(app).get("/checkout/thank-you?3").set(behind);
    await request(app).get("/checkout/thank-you?4").set(behind);
    await expect.poll(reported).toEqual(["request.untrusted-proxy"]);
  });

  test("siteUrl names the public site where the request cannot", async () => {
    await request(aShop(aTracker({ siteUrl: "https://shop.example" })))
      .get("/checkout/thank-you")
      .set({ ...VISIT, Host: "bad host!" });
    const [order] = await sandbox.waitForOrders(1);
    expect(sent(order, "current_url")).toBe("https://shop.example/checkout/thank-you");
  });

  test("200 confirmations at once are one POST", async () => {
    const shop = await served(aShop());
    await Promise.all(
      Array.from({ length: 200 }, () =>
        fetch(`${shop.url}/checkout/thank-you`).then((answer) => answer.text()),
      ),
    );
    await Promise.all([events.waitFor("duplicate", 199), events.waitFor("delivered")]);
    expect(sandbox.requests).toHaveLength(1);
  });

  test.each<[string, string, (req: Request, res: Response) => unknown]>([
    ["a HEAD request", "head", (_, res) => res.send("thank you")],
    ["404", "get", (_, res) => res.status(404).send("no such order")],
    ["500", "get", (_, res) => res.status(500).send("sorry")],
    ["a redirect", "get", (_, res) => res.redirect("/elsewhere")],
    [
      "a handler that throws",
      "get",
      () => {
        throw new Error("boom");
      },
    ],
    [
      "a handler that passes an error",
      "get",
      (req, res) => {
        void res;
        req.next?.(new Error("boom"));
      },
    ],
  ])("%s confirms nothing", async (_, method, confirm) => {
    const app = aShop(undefined, confirm);
    app.use(
      (_error: unknown, _req: Request, res: Response, _next: unknown) => void res.status(500).send("sorry"),
    );
    await (method === "head"
      ? request(app).head("/checkout/thank-you")
      : request(app).get("/checkout/thank-you"));
    // A second, good confirmation shows that the first left nothing behind.
    await request(aShop()).get("/checkout/thank-you");
    await events.waitFor("delivered");
    expect(events.of("accepted")).toHaveLength(1);
    expect(sandbox.requests).toHaveLength(1);
  });

  test.each([
    ["put", "method"],
    ["patch", "method"],
    ["delete", "method"],
    ["head", "head"],
  ] as const)("the method %s confirms nothing, and that is an event", async (method, reason) => {
    await request(aShop())[method]("/checkout/thank-you");
    const [skipped] = await events.waitFor("skipped");
    expect(skipped).toMatchObject({ kind: "order", reason, status: 200 });
  });

  test("a browser's question before a call to another host is no event", async () => {
    const app = aShop();
    await request(app).options("/checkout/thank-you");
    await request(app).put("/checkout/thank-you");
    await events.waitFor("skipped");
    expect(events.all).toHaveLength(1);
  });

  test("a page that was not modified confirms, and so does one after a form post", async () => {
    const app = aShop(undefined, (req, res) => {
      res.locals.order = anOrder({ orderNumber: req.method });
      res.send("thank you");
    });
    const first = await request(app).post("/checkout/thank-you");
    expect(first.status).toBe(200);
    const again = await request(app)
      .get("/checkout/thank-you")
      .set("If-None-Match", first.headers.etag ?? "");
    expect(again.status).toBe(304);
    await sandbox.waitForOrders(2);
  });

  test("a page that was out before its handler threw confirms, whatever status the error handler sets", async () => {
    const app = aShop(aTracker(), (_, res) => {
      res.send("thank you");
      throw new Error("the cart could not be emptied");
    });
    const tooLate: ErrorRequestHandler = (_error, _, res, _next) => void res.status(500);
    app.use(tooLate);
    const { url } = await served(app);
    await request(url).get("/checkout/thank-you").expect(200, "thank you");
    await sandbox.waitForOrders(1);
  });

  test("over HTTP/2, the request line stands in nobody's way", async () => {
    const tracker = aTracker({ consent: ({ headers }) => headers.get("cookie") === "consent=yes" });
    const confirm = trackOrders(tracker, () => anOrder());
    // As a host does that mounts Express's middleware: Express itself has no HTTP/2.
    const server = createServer((req, res) =>
      confirm(req as unknown as Request, res as unknown as Response, () => void res.end("thank you")),
    ).listen(0, "127.0.0.1");
    await once(server, "listening");
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const session = connectHttp2(`http://${host}`);
    const page = session.request({ ":path": "/thanks", cookie: "consent=yes" });
    await once(page.resume(), "end");
    const [order] = await sandbox.waitForOrders(1);
    expect(sent(order, "current_url")).toBe(`http://${host}/thanks`);
    session.close();
    server.close();
  });

  test("over HTTP/2, a shopper who left while the shop was still looking has ordered", async () => {
    const left = Promise.withResolvers<void>();
    const orders = [undefined, anOrder()];
    const confirm = trackOrders(aTracker(), async () => {
      await left.promise;
      return orders.shift();
    });
    const server = createServer(async (req, res) => {
      confirm(req as unknown as Request, res as unknown as Response, () => void res.write("thank you, "));
      await once(res, "close");
      left.resolve();
      await new Promise(setImmediate);
      res.end("goodbye");
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const page = session.request({ ":path": "/thanks" });
    await once(page, "data");
    page.close();
    await sandbox.waitForOrders(1);
    session.close();
    server.close();
  });

  test("a redirecting page tracks its order itself", async () => {
    const tracker = aTracker();
    const app = express();
    app.post("/checkout", async (req, res) => {
      const receipt = await tracker.trackOrder(anOrder(), req);
      res.set("X-Receipt", receipt.status).redirect(303, "/thanks");
    });
    const answer = await request(app)
      .post("/checkout")
      .set("User-Agent", BROWSER)
      .set("Cookie", "avad=77_f3");
    expect(answer.headers["x-receipt"]).toBe("accepted");
    const [order] = await sandbox.waitForOrders(1);
    expect(sent(order, "tracking_ids.avantlink_avad")).toBe("77_f3");
    expect(sent(order, "user_agent")).toBe(BROWSER);
  });

  test("a context that is given replaces the request's wholly", async () => {
    const tracker = aTracker();
    const app = express();
    app.post("/webhook", async (_req, res) => {
      await tracker.trackOrder(anOrder(), { avad: "packed" });
      res.sendStatus(204);
    });
    await request(app).post("/webhook").set("User-Agent", "PaymentProvider/1.0").set("Cookie", "avad=other");
    const [order] = await sandbox.waitForOrders(1);
    expect(sent(order, "tracking_ids.avantlink_avad")).toBe("packed");
    expect(sent(order, "user_agent")).toBe("");
    expect(sent(order, "user_ip_address")).toBe("");
  });

  describe("wherever it is mounted", () => {
    test("below routers, it sees the whole address", async () => {
      const tracker = aTracker();
      const app = express();
      const checkout = express.Router();
      const shop = express.Router();
      checkout.get(
        "/thank-you",
        trackOrders(
          tracker,
          () => anOrder(),
          (_, res) => void res.send("thank you"),
        ),
      );
      shop.use("/checkout", checkout);
      app.use("/en", shop);
      await request(app)
        .get("/en/checkout/thank-you?x=1")
        .set({ ...VISIT, Host: "shop.example" });
      const [order] = await sandbox.waitForOrders(1);
      expect(sent(order, "current_url")).toBe("http://shop.example/en/checkout/thank-you");
    });

    test.each(["before", "after"])("%s compression, sessions and body parsers", async (where) => {
      const tracker = aTracker();
      const app = express();
      const ours = [trackClicks(tracker), trackOrders(tracker, (_, res) => res.locals.order)];
      const theirs = [
        compression({ threshold: 0 }),
        session({ secret: "s", resave: false, saveUninitialized: true }),
        express.urlencoded({ extended: false }),
        express.json(),
      ];
      app.use(...(where === "before" ? [...ours, ...theirs] : [...theirs, ...ours]));
      app.all("/thanks", (req, res) => {
        res.locals.order = anOrder({ couponCodes: [req.body?.coupon ?? "none"] });
        res.send("thank you ".repeat(1000));
      });
      const shop = await served(app);
      const answer = await fetch(`${shop.url}/thanks?avad=77_f3`, {
        method: "POST",
        body: new URLSearchParams({ coupon: "FORM" }),
      });
      expect(await answer.text()).toBe("thank you ".repeat(1000));
      const [order] = await sandbox.waitForOrders(1);
      expect(sent(order, "order.coupon_codes")).toEqual(["FORM"]);
      expect(sent(order, "tracking_ids.avantlink_avad")).toBe("77_f3");
    });
  });

  describe("a shopper who hangs up", () => {
    const pages = ["thank you ".repeat(8_000), "goodbye ".repeat(8_000)];

    describe.each<[string, (res: Response) => unknown]>([
      ["whole", (res) => res.send(pages.join(""))],
      ["from a stream", (res) => Readable.from(pages).pipe(res)],
      [
        "in parts",
        async (res) => {
          for (const part of pages) if (!res.write(part)) await once(res, "drain");
          res.end();
        },
      ],
    ])("before a slow handler answered %s", (_, answer) => {
      test.each([
        ["plainly", []],
        ["compressed", [compression({ threshold: 0 })]],
      ])("%s, has still ordered", async (_, middleware) => {
        const tracker = aTracker();
        const gone = Promise.withResolvers<void>();
        const app = express();
        const started = Promise.withResolvers<void>();
        app.use(
          trackOrders(tracker, (_, res) => res.locals.order),
          ...middleware,
        );
        app.get("/checkout/thank-you", (_, res) => {
          res.once("close", () => gone.resolve());
          started.resolve();
          void gone.promise.then(() => {
            res.locals.order = anOrder();
            return answer(res);
          });
        });
        const shop = await served(app);
        const socket = connect(Number(new URL(shop.url).port), "127.0.0.1");
        socket.write(
          "GET /checkout/thank-you HTTP/1.1\r\nHost: shop.example\r\nAccept-Encoding: gzip\r\n\r\n",
        );
        await started.promise;
        socket.destroy();
        await sandbox.waitForOrders(1);
      });
    });

    test("while the shop was still looking for the session has ordered", async () => {
      const tracker = aTracker();
      const app = express();
      const asked = Promise.withResolvers<void>();
      app.use((_, res, next) => {
        res.once("close", () => setImmediate(next));
        asked.resolve();
      });
      app.use(trackOrders(tracker, () => anOrder()));
      app.get("/checkout/thank-you", (_, res) => void res.send("thank you"));
      const shop = await served(app);
      const socket = connect(Number(new URL(shop.url).port), "127.0.0.1");
      socket.write("GET /checkout/thank-you HTTP/1.1\r\nHost: shop.example\r\nCookie: avad=77_f3\r\n\r\n");
      await asked.promise;
      socket.destroy();
      const [order] = await sandbox.waitForOrders(1);
      expect(sent(order, "tracking_ids.avantlink_avad")).toBe("77_f3");
    });

    test("while a page streams has ordered", async () => {
      const app = express();
      app.use(trackOrders(aTracker(), () => anOrder()));
      app.get("/checkout/thank-you", (_, res) => void res.write("thank you, "));
      const shop = await served(app);
      const socket = connect(Number(new URL(shop.url).port), "127.0.0.1");
      socket.write("GET /checkout/thank-you HTTP/1.1\r\nHost: shop.example\r\n\r\n");
      await once(socket, "data");
      socket.destroy();
      await sandbox.waitForOrders(1);
    });

    test("while a page streams has ordered, though the handler finds the order only afterwards", async () => {
      const app = express();
      app.use(trackOrders(aTracker(), (_, res) => res.locals.order));
      app.get("/checkout/thank-you", async (_, res) => {
        res.write("thank you, ");
        await once(res, "close");
        await new Promise(setImmediate);
        res.locals.order = anOrder();
        res.end("goodbye");
      });
      const shop = await served(app);
      const socket = connect(Number(new URL(shop.url).port), "127.0.0.1");
      socket.write("GET /checkout/thank-you HTTP/1.1\r\nHost: shop.example\r\n\r\n");
      await once(socket, "data");
      socket.destroy();
      await sandbox.waitForOrders(1);
      expect(events.of("skipped")).toEqual([]);
    });

    test("before an answer that never comes has not", async () => {
      const started = Promise.withResolvers<Response>();
      const app = aShop(undefined, (_, res) => started.resolve(res));
      const shop = await served(app);
      const socket = connect(Number(new URL(shop.url).port), "127.0.0.1");
      socket.write("GET /checkout/thank-you HTTP/1.1\r\nHost: shop.example\r\n\r\n");
      const response = await started.promise;
      socket.destroy();
      await once(response, "close");
      await request(app).get("/");
      expect(events.all).toEqual([]);
    });
  });

  test("an order that is known only at the end of the page is tracked, though reading it threw before", async () => {
    const app = express();
    app.use(trackOrders(aTracker(), (_, res) => anOrder({ orderNumber: res.locals.order.number })));
    app.get("/checkout/thank-you", async (_, res) => {
      res.write("thank you, ");
      await events.waitFor("problem");
      res.locals.order = { number: "1001" };
      res.end("goodbye");
    });
    expect((await request(app).get("/checkout/thank-you")).text).toBe("thank you, goodbye");
    await sandbox.waitForOrders(1);
    expect(events.of("problem")).toMatchObject([{ error: { code: "hook.threw" } }]);
  });

  test("an order whose page is out is not lost to a shutdown, however long the shop looks for it", async () => {
    const tracker = aTracker();
    const app = express();
    const asked = Promise.withResolvers<void>();
    const found = Promise.withResolvers<void>();
    app.use(
      trackOrders(tracker, async () => {
        asked.resolve();
        await found.promise;
        return anOrder();
      }),
    );
    app.get("/checkout/thank-you", (_, res) => void res.send("thank you"));
    const shop = await serve(app);
    await fetch(`${shop.url}/checkout/thank-you`).then((answer) => answer.text());
    await asked.promise;
    const closing = shop.close().then(() => tracker.close());
    await once(shop.server, "close");
    found.resolve();
    expect(await closing).toMatchObject({ delivered: 1 });
  });

  test.each<[string, readonly unknown[]]>([
    ["an object", [{ "X-Shop": "1", "Cache-Control": "public" }]],
    ["an object behind a reason", ["Fine", { "X-Shop": "1", "Cache-Control": "public" }]],
    ["an object behind no reason", [undefined, { "X-Shop": "1", "Cache-Control": "public" }]],
    ["an object before null", [{ "X-Shop": "1", "Cache-Control": "public" }, null]],
    ["names and values by turns", [["X-Shop", "1", "Cache-Control", "public"]]],
    [
      "a list of pairs",
      [
        [
          ["X-Shop", "1"],
          ["Cache-Control", "public"],
        ],
      ],
    ],
  ])("headers given to writeHead as %s survive, and ours have the last word", async (_, given) => {
    const app = express().disable("x-powered-by");
    app.use(
      trackClicks(aTracker()),
      trackOrders(aTracker(), () => anOrder()),
    );
    app.get("/", (_, res) => {
      Reflect.apply(res.writeHead, res, [201, ...given]);
      res.end("home");
    });
    const page = await request(app).get("/?avad=77_f3");
    expect(page.status).toBe(201);
    expect(page.headers).toMatchObject({ "x-shop": "1", "cache-control": "private, no-store" });
    expect(page.get("Set-Cookie")).toHaveLength(2);
  });

  test("a cookie of the shop's own stands beside ours, however often it is given to writeHead", async () => {
    const app = express();
    app.use(trackClicks(aTracker()));
    app.get("/", (_, res) => {
      res.setHeader("Set-Cookie", "early=1");
      res.writeHead(200, ["Set-Cookie", "a=1", "Set-Cookie", "b=2"]).end("home");
    });
    const page = await request(app).get("/?avad=77_f3");
    expect(page.get("Set-Cookie")?.slice(0, 2)).toEqual(["a=1", "b=2"]);
    expect(page.get("Set-Cookie")).toHaveLength(4);
  });

  test.each(["before", "after"])(
    "no cache keeps it, though a middleware %s us sets its own at the last moment",
    async (where) => {
      const app = express();
      const theirs = (_: Request, res: Response, next: () => void) => {
        // As on-headers does it, on which compression and sessions are built.
        const { writeHead } = res;
        res.writeHead = ((...args: Parameters<typeof writeHead>) => {
          res.setHeader("Cache-Control", "public, max-age=300");
          res.appendHeader("Netlify-CDN-Cache-Control", "public, max-age=300");
          res.setHeader("X-Shop", "1");
          return Reflect.apply(writeHead, res, args);
        }) as typeof writeHead;
        next();
      };
      const ours = trackClicks(aTracker());
      app.use(...(where === "before" ? [theirs, ours] : [ours, theirs]));
      app.get("/", (_, res) => void res.set("CDN-Cache-Control", "public, max-age=300").send("home"));
      const landed = await request(app).get("/?avad=77_f3");
      expect(landed.get("Set-Cookie")).toHaveLength(2);
      expect(landed.headers).toMatchObject({ "x-shop": "1", "cdn-cache-control": "private, no-store" });
      expect(JSON.stringify(landed.headers)).not.toContain("public");
      const other = await request(app).get("/");
      expect(other.headers).toMatchObject({ "cache-control": "public, max-age=300", "x-shop": "1" });
    },
  );

  test("a status that Node refuses is the shop's error page, with each cookie once and kept by no cache", async () => {
    const app = express();
    app.use(trackClicks(aTracker()));
    app.get("/", (_, res) => void res.writeHead(1234).end("home"));
    app.use(((_error, _request, res, _next) => {
      res.writeHead(500, { "Cache-Control": "public, max-age=60" }).end("sorry");
    }) as ErrorRequestHandler);
    const page = await request(app).get("/?avad=77_f3");
    expect(page).toMatchObject({ status: 500, text: "sorry" });
    expect(page.headers["cache-control"]).toBe("private, no-store");
    expect(page.get("Set-Cookie")).toHaveLength(2);
  });

  test("a redirect to another host that is written by writeHead leaves the click to that host", async () => {
    const app = express();
    app.use(trackClicks(aTracker()));
    app.get("/", ({ hostname }, res) => {
      if (hostname === "www.shop.example") res.send("home");
      else res.writeHead(301, { Location: "http://www.shop.example/?avad=77_f3" }).end();
    });
    for (const host of ["shop.example", "www.shop.example"]) {
      await request(app).get("/?avad=77_f3").set("Host", host);
    }
    const [click] = await sandbox.waitForClicks(1);
    expect(sent(click, "current_url")).toBe("http://www.shop.example/?avad=77_f3");
    expect(events.of("accepted")).toHaveLength(1);
  });

  test("clicks tracked twice over are one click", async () => {
    const tracker = aTracker();
    const app = express();
    app.use(trackClicks(tracker), trackClicks(tracker));
    app.get("/", (_, res) => void res.send("home"));
    const page = await request(app).get("/?avad=77_f3");
    expect(page.get("Set-Cookie")).toHaveLength(2);
    await sandbox.waitForClicks(1);
    expect(events.of("accepted")).toHaveLength(1);
  });

  test("two programmes' trackers each see their own landing, and ask each their own consent", async () => {
    const app = express();
    const one = aTracker();
    const other = aTracker({ merchantId: OTHER_MERCHANT, consent: () => false });
    const third = aTracker({
      merchantId: OTHER_MERCHANT,
      cookies: { names: { avad: "b", visitor: "b_visitor" } },
    });
    app.use(trackClicks(one), trackClicks(other), trackClicks(third));
    app.get(
      "/",
      async (req, res) =>
        void res.json(await Promise.all([one, other, third].map((tracker) => tracker.contextOf(req)))),
    );
    const page = await request(app).get("/?avad=77_f3");
    const [mine, refused, theirs] = page.body;
    expect(refused).toEqual({ consent: "denied" });
    expect(mine.visitorIds).not.toEqual(theirs.visitorIds);
    expect(
      page
        .get("Set-Cookie")
        ?.map((line) => line.split("=", 1)[0])
        .sort(),
    ).toEqual(["avad", "avad_visitor", "b", "b_visitor"]);
    expect(await sandbox.waitForClicks(2)).toHaveLength(2);
  });

  test("an order is tracked even where its request cannot be read", async () => {
    const app = express();
    app.set("trust proxy", () => {
      throw new Error("boom");
    });
    app.use(trackOrders(aTracker(), () => anOrder()));
    app.get("/", (_, res) => void res.send("thank you"));
    await request(app).get("/");
    await sandbox.waitForOrders(1);
    expect(await aTracker().trackOrder(anOrder({ orderNumber: "2" }), 5 as never)).toMatchObject({
      status: "rejected",
      error: { code: "context.invalid" },
    });
    expect(await aTracker().contextOf(undefined as never)).toEqual({});
  });

  describe("the page stays the shop's", () => {
    const plain = () => {
      const app = express();
      app.get("/checkout/thank-you", (_, res) => void res.set("X-Shop", "1").send("thank you"));
      return app;
    };
    const tracked = (options: TrackerOptions = {}) => {
      const app = express();
      app.use(
        trackClicks(aTracker(options)),
        trackOrders(aTracker(options), () => anOrder()),
      );
      app.get("/checkout/thank-you", (_, res) => void res.set("X-Shop", "1").send("thank you"));
      return app;
    };
    const page = async (app: Express) => {
      const { status, text, headers } = await request(app).get("/checkout/thank-you").set("Cookie", "avad=1");
      return { status, text, headers: { ...headers, date: "" } };
    };

    test.each([
      ["refuses connections", undefined],
      ["hangs", { hang: true }],
      ["answers 403", { status: 403 }],
      ["answers 500", { status: 500 }],
      ["answers a page", { html: true }],
      ["answers success: false", { success: false }],
      ["redirects", { redirect: "/login" }],
    ] as const)("byte by byte, when AvantLink %s", async (_, fault) => {
      if (fault) sandbox.fail(fault);
      const endpoint = fault ? sandbox.url : "http://127.0.0.1:9";
      expect(await page(tracked({ endpoint, timeoutMs: 500 }))).toEqual(await page(plain()));
      await events.waitFor("retrying");
    });

    test.each<[string, () => never]>([
      [
        "throws",
        () => {
          throw new Error("boom");
        },
      ],
      ["rejects", () => Promise.reject(new Error("boom")) as never],
    ])("when resolveOrder %s", async (_, resolveOrder) => {
      const app = express();
      app.use(trackOrders(aTracker(), resolveOrder));
      app.get("/checkout/thank-you", (_, res) => void res.set("X-Shop", "1").send("thank you"));
      expect(await page(app)).toEqual(await page(plain()));
      expect(await events.waitFor("problem")).toMatchObject([{ error: { code: "hook.threw" } }]);
    });

    test("when its Cookie header is hostile", async () => {
      const app = tracked();
      const answer = await request(app)
        .get("/checkout/thank-you")
        .set("Cookie", `avad=%FF; __proto__=1; avad_visitor=${"v".repeat(5000)}; ;;=;`);
      expect(answer.text).toBe("thank you");
      await sandbox.waitForOrders(1);
    });
  });
});
