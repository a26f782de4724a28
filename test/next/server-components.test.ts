import { readFileSync } from "node:fs";
import { join } from "node:path";
import { startSandbox } from "@avantlink-s2s/sandbox";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { Browser, sent, USER_AGENT, type Visit } from "../conformance/harness.ts";
import { submitForm } from "./forms.ts";
import { openSuiteShop, suiteProject } from "./suite-shop.ts";

const PATIENT = { timeoutMs: 15_000 };
const PROXIED = {
  host: "10.0.0.5:3000",
  "x-forwarded-for": "6.6.6.6, 203.0.113.7",
  "x-forwarded-host": "shop.example",
  "x-forwarded-proto": "https",
};

const sandbox = await startSandbox();
let shop: Awaited<ReturnType<typeof openSuiteShop>>;
let lastNumber = 0;
const aNumber = () => `RSC-${++lastNumber}`;
const delivered = () => new Browser(shop).json("flush");

beforeAll(async () => {
  shop = await openSuiteShop({ endpoint: sandbox.url });
});
afterEach(async () => {
  sandbox.fail(null);
  await delivered();
  sandbox.reset();
});
afterAll(async () => {
  await shop.close();
  await sandbox.close();
});

/** A receipt that a page shows. */
function receiptIn(body: Buffer): unknown {
  const shown = /<output>(.*?)<\/output>/s.exec(body.toString())?.[1] ?? "";
  return JSON.parse(shown.replaceAll("&quot;", '"').replaceAll("<!-- -->", ""));
}

describe("a Server Component", () => {
  test("tracks nothing for a HEAD request, which Next renders as a GET", async () => {
    const order = aNumber();
    await new Browser(shop).open(`/rsc/thank-you?order=${order}`, { method: "HEAD" });
    await shop.eventThat(({ type, kind }) => type === "skipped" && kind === "order");
    await delivered();
    expect(sandbox.requests).toHaveLength(0);
    await new Browser(shop).open(`/rsc/thank-you?order=${order}`);
    await sandbox.waitForOrders(1, PATIENT);
  });

  test.each(["/ahead/kept", `/track?order=${aNumber()}`, `/api/track?order=${aNumber()}`])(
    "like every other place in Next tracks nothing for a HEAD request, whatever it gives to the call: %s",
    async (path) => {
      const { status } = await new Browser(shop).open(path, { method: "HEAD" });
      expect(status).toBe(200);
      await delivered();
      expect(sandbox.requests).toHaveLength(0);
    },
  );

  test("tracks the shopper whose page it renders, at the address that the proxy saw", async () => {
    const shopper = new Browser(shop, PROXIED);
    await shopper.open("/?avad=77_f3");
    const [click] = await sandbox.waitForClicks(1, PATIENT);
    const path = `/rsc/thank-you?order=${aNumber()}`;
    const thanks: Visit = { headers: { referer: "https://shop.example/checkout" } };
    expect(receiptIn((await shopper.open(path, thanks)).body)).toMatchObject({ status: "accepted" });
    expect(receiptIn((await shopper.open(path, thanks)).body)).toMatchObject({ status: "duplicate" });
    const [order] = await sandbox.waitForOrders(1, PATIENT);
    expect(order?.click).toBe(click?.id);
    expect(order?.findings.filter(({ severity }) => severity !== "info")).toEqual([]);
    expect(order?.body).toMatchObject({
      current_url: "https://shop.example/rsc/thank-you",
      referrer_url: "https://shop.example/checkout",
      user_agent: USER_AGENT,
      user_ip_address: "203.0.113.7",
    });
    expect(sandbox.orders).toHaveLength(1);
  });

  test("is believed before the proxy about its own path", async () => {
    await new Browser(shop).open(`/rsc/thank-you?order=${aNumber()}&path=/checkout/done?step=3`);
    const [order] = await sandbox.waitForOrders(1, PATIENT);
    expect(sent(order, "current_url")).toBe(`${shop.url}/checkout/done`);
  });

  test("takes no path from a client", async () => {
    const path = `/rsc/thank-you?order=${aNumber()}`;
    await new Browser(shop).open(path, { headers: { "x-avantlink-path": "/evil" } });
    const [order] = await sandbox.waitForOrders(1, PATIENT);
    expect(sent(order, "current_url")).toBe(`${shop.url}/rsc/thank-you`);
  });

  test("tracks a client-side navigation like a document", async () => {
    const fetched = { rsc: "1", accept: "*/*", "sec-fetch-dest": "empty", "sec-fetch-mode": "cors" };
    const order = aNumber();
    const { headers } = await new Browser(shop).open(`/rsc/thank-you?order=${order}`, { headers: fetched });
    // Next 16 sends such a request to the same address with a hash of its headers first.
    if (headers.location) await new Browser(shop).open(headers.location, { headers: fetched });
    const [record] = await sandbox.waitForOrders(1, PATIENT);
    expect(sent(record, "order.order_number")).toBe(order);
  });

  test.each(["404", "302"])("that ends in %s before its call tracks nothing", async (answer) => {
    const { status } = await new Browser(shop).open(`/rsc/thank-you?order=${aNumber()}&answer=${answer}`);
    expect(String(status)).toBe(answer === "302" ? "307" : answer);
    await delivered();
    expect(sandbox.requests).toHaveLength(0);
  });

  test("that fails after its call has tracked: the call is the confirmation", async () => {
    const { status } = await new Browser(shop).open(`/rsc/thank-you?order=${aNumber()}&answer=500`);
    expect(status).toBe(500);
    await sandbox.waitForOrders(1, PATIENT);
  });

  test("tracks behind its page with the context that it read before", async () => {
    const order = aNumber();
    await new Browser(shop).open(`/rsc/thank-you?order=${order}&after`);
    const [record] = await sandbox.waitForOrders(1, PATIENT);
    expect(sent(record, "order.order_number")).toBe(order);
    expect(sent(record, "user_agent")).toBe(USER_AGENT);
  });

  test("is rendered for each shopper, also where the context that it gives is all that it knows of one", async () => {
    for (const status of ["accepted", "duplicate"]) {
      expect(receiptIn((await new Browser(shop).open("/ahead/kept")).body)).toMatchObject({ status });
    }
    const [record] = await sandbox.waitForOrders(1, PATIENT);
    expect(sent(record, "tracking_ids.avantlink_avad")).toBe("77_f3");
  });

  test("shows its page while AvantLink hangs", async () => {
    const recover = sandbox.fail({ hang: true });
    const { status, body } = await new Browser(shop).open(`/rsc/thank-you?order=${aNumber()}`);
    expect(status).toBe(200);
    expect(receiptIn(body)).toMatchObject({ status: "accepted" });
    recover();
    await sandbox.waitForOrders(1, PATIENT);
  });
});

describe("a Server Action", () => {
  test("tracks and redirects, and the page that follows tracks nothing more", async () => {
    const shopper = new Browser(shop, { ...PROXIED, origin: "https://shop.example" });
    await shopper.open("/?avad=77_f3");
    const order = aNumber();
    const answer = await submitForm(
      shopper,
      "/rsc/action",
      { order },
      { referer: "https://shop.example/rsc/action" },
    );
    expect(answer.status).toBe(303);
    expect(receiptIn((await shopper.open(`/rsc/thank-you?order=${order}`)).body)).toMatchObject({
      status: "duplicate",
    });
    const [record] = await sandbox.waitForOrders(1, PATIENT);
    expect(record?.attributedBy).toBe("avantlink_avad");
    expect(record?.body).toMatchObject({
      current_url: "https://shop.example/rsc/thank-you",
      referrer_url: "https://shop.example/rsc/action",
      user_ip_address: "203.0.113.7",
    });
  });
});

test("whatever of Next an order comes through first, to all others it is a duplicate", async () => {
  const query = `?order=${aNumber()}`;
  const shopper = new Browser(shop);
  expect(await shopper.json("track", query)).toMatchObject({ status: "accepted" });
  expect(await shopper.json("track", `${query}&ambient`)).toMatchObject({ status: "duplicate" });
  expect(receiptIn((await shopper.open(`/rsc/thank-you${query}`)).body)).toMatchObject({
    status: "duplicate",
  });
  expect(JSON.parse((await shopper.open(`/api/track${query}`)).body.toString())).toMatchObject({
    status: "duplicate",
  });
  await shopper.visit("thank-you", query);
  await shopper.open(`/old/thank-you${query}`);
  await sandbox.waitForOrders(1, PATIENT);
  await delivered();
  expect(sandbox.requests).toHaveLength(1);
});

describe("getServerSideProps", () => {
  test("tracks the order of the page that it gives props to", async () => {
    const path = `/old/thank-you?order=${aNumber()}`;
    expect((await new Browser(shop).open(path)).body.toString()).toContain("Thank you");
    const [order] = await sandbox.waitForOrders(1, PATIENT);
    expect(sent(order, "current_url")).toBe(`${shop.url}/old/thank-you`);
  });

  test("tracks a client-side navigation, which asks for the page's data, at the page's address", async () => {
    const path = `/old/thank-you?order=${aNumber()}`;
    const { dir } = await suiteProject();
    const build = readFileSync(join(dir, ".next/BUILD_ID"), "utf8");
    const data = path.replace("/old/thank-you", `/_next/data/${build}/old/thank-you.json`);
    const { status } = await new Browser(shop).open(data, {
      headers: { "x-nextjs-data": "1", "sec-fetch-dest": "empty" },
    });
    expect(status).toBe(200);
    const [order] = await sandbox.waitForOrders(1, PATIENT);
    expect(sent(order, "current_url")).toBe(`${shop.url}/old/thank-you`);
  });

  test.each(["404", "302", "500"])("tracks nothing where the page is answered %s", async (answer) => {
    await new Browser(shop).open(`/old/thank-you?order=${aNumber()}&answer=${answer}`);
    await delivered();
    expect(sandbox.requests).toHaveLength(0);
  });
});

describe("a page that is rendered ahead", () => {
  test.each([
    ["page", "page", ""],
    ["page that gives a kept context", "page", "KEPT-"],
    ["handler", "handler", ""],
  ])("answers its first shopper as it is, and the order of a %s is rejected", async (_, kind, prefix) => {
    const order = prefix + aNumber();
    const { status } = await new Browser(shop).open(`/ahead/${kind}/${order}`);
    expect(status).toBe(200);
    await shop.eventThat((event) => event.code === "order.static-page" && event.orderNumber === order);
    await delivered();
    expect(sandbox.requests).toHaveLength(0);
  });
});

describe("with generateStaticParams", () => {
  test.each(["page", "handler"])("a %s that is force-dynamic is one like any other", async (kind) => {
    const order = aNumber();
    for (const _again of [1, 2]) {
      expect((await new Browser(shop).open(`/ahead/dynamic/${kind}/${order}`)).status).toBe(200);
    }
    const [record] = await sandbox.waitForOrders(1, PATIENT);
    expect(sent(record, "order.order_number")).toBe(order);
    await delivered();
    expect(sandbox.requests).toHaveLength(1);
  });

  test("a page that is named in it and is force-dynamic waits for its shopper too", async () => {
    const { body } = await new Browser(shop).open("/ahead/dynamic/page/PARAMS-built");
    expect(receiptIn(body)).toMatchObject({ status: "accepted" });
    await sandbox.waitForOrders(1, PATIENT);
  });

  test.each(["page", "handler"])("a %s that is not is refused by Next, to every shopper", async (kind) => {
    const { status } = await new Browser(shop).open(`/ahead/undecided/${kind}/${aNumber()}`);
    expect(status).toBe(500);
    expect(shop.output()).toMatch(/DYNAMIC_SERVER_USAGE/);
  });
});

describe("a server that is stopped", () => {
  test("waits for the delivery of what it accepted, but not for ever", async () => {
    sandbox.fail({ hang: true });
    const stopping = await openSuiteShop({ endpoint: sandbox.url, timeoutMs: 15_000 });
    for (const page of ["/rsc/thank-you", "/thank-you"]) {
      expect((await new Browser(stopping).open(`${page}?order=${aNumber()}`)).status).toBe(200);
    }
    // Both pages have ended, and AvantLink has answered neither.
    const requests = await sandbox.waitForRequests(2, { ...PATIENT, where: ({ raw }) => raw !== "" });
    expect(requests.map(({ state }) => state)).toEqual(["open", "open"]);
    await stopping.close();
    expect(stopping.output()).not.toContain('"retrying"');
  });

  test("does not wait for a resolver that never answers", { timeout: 60_000 }, async () => {
    const stopping = await openSuiteShop({ endpoint: sandbox.url });
    const { status } = await new Browser(stopping).visit("thank-you", `?order=${aNumber()}&resolve=hang`);
    expect(status).toBe(200);
    await stopping.close();
  });
});

describe("on a serverless platform with the memory outbox", () => {
  test("the response waits for the delivery, since the function may never run again", async () => {
    const lambda = await openSuiteShop({ endpoint: sandbox.url }, undefined, {
      AWS_LAMBDA_FUNCTION_NAME: "shop",
    });
    try {
      for (const path of ["/thank-you", "/rsc/thank-you", "/track", "/api/thank-you", "/api/track"]) {
        const order = aNumber();
        await new Browser(lambda).open(`${path}?order=${order}`);
        expect(sandbox.orders.map((record) => sent(record, "order.order_number"))).toContain(order);
      }
      sandbox.fail({ hang: true });
      const { status } = await new Browser(lambda).open(`/rsc/thank-you?order=${aNumber()}`);
      expect(status).toBe(200);
    } finally {
      sandbox.fail(null);
      await lambda.close();
    }
  });
});
