import { request } from "node:http";
import { type Sandbox, startSandbox } from "@avantlink-s2s/sandbox";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { articleBody, clickBody, MERCHANT, orderBody, post, serverHeaders } from "./payloads.ts";

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});

afterEach(() => sandbox.close());

describe("a call that AvantLink takes", () => {
  it.each(["order", "click"] as const)("is answered 200 with the documented JSON: %s", async (endpoint) => {
    const response = await post(sandbox, endpoint, endpoint === "order" ? orderBody() : clickBody());
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("application/json");
    expect(await response.text()).toBe('{"success": true}');
  });

  it("is recorded with its exact text, its headers and its merchant", async () => {
    const text = JSON.stringify(orderBody(), null, 3);
    await post(sandbox, "order", text);
    const [order] = sandbox.orders;
    expect(order).toMatchObject({
      id: "order-1",
      merchantId: MERCHANT,
      raw: text,
      body: orderBody(),
      answered: true,
    });
    expect(order?.headers).toMatchObject(serverHeaders);
    expect(sandbox.clicks).toHaveLength(0);
  });

  it("is recorded once for every request, so that a second POST can be seen", async () => {
    await post(sandbox, "order", orderBody());
    await post(sandbox, "order", orderBody());
    expect(sandbox.orders.map(({ id, repeatOf }) => ({ id, repeatOf }))).toEqual([
      { id: "order-1", repeatOf: undefined },
      { id: "order-2", repeatOf: "order-1" },
    ]);
  });

  it("may spell its head in its own way: a charset in the content type, an upper-case merchant", async () => {
    const response = await post(sandbox, "click", clickBody(), {
      merchantId: MERCHANT.toUpperCase(),
      headers: { "content-type": "Application/JSON; charset=UTF-8" },
    });
    expect(response.status).toBe(200);
    expect(sandbox.clicks[0]?.findings).toEqual([]);
  });
});

describe("a call that is refused", () => {
  const noIds = { user_id: [], visitor_id: [], avantlink_avad: "" };

  it.each([
    ["empty lists and an empty token", { ...orderBody(), tracking_ids: noIds }],
    ["the blank IDs of AvantLink's own article", articleBody()],
    ["a token of blanks", { ...orderBody(), tracking_ids: { ...noIds, avantlink_avad: "  " } }],
    ["no tracking_ids", { order: orderBody().order }],
    ["an ID that is a number", { ...orderBody(), tracking_ids: { user_id: [7] } }],
    ["an array for a body", []],
    ["null for a body", null],
  ])("is answered the documented 400 when it carries no ID: %s", async (_, body) => {
    const response = await post(sandbox, "order", body);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      error: "You must provide at least one tracking id in order to generate a episode_id.",
      error_key: "client.model.merchants_tracking.tracking_ids.blank",
      exception: "InvalidArgumentException",
    });
    expect(sandbox.orders).toHaveLength(0);
    expect(sandbox.requests).toMatchObject([{ state: "answered", status: 400, raw: JSON.stringify(body) }]);
  });

  it.each([
    ["11707", /older merchant number/],
    ["my-shop", /merchant's UUID/],
  ])("is answered 404 when its address has no merchant's UUID: %s", async (merchantId, reason) => {
    const response = await post(sandbox, "order", orderBody(), { merchantId });
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      error: expect.stringMatching(reason),
      error_key: "sandbox.merchant_id",
    });
    expect(sandbox.orders).toHaveLength(0);
    expect(sandbox.requests).toMatchObject([{ merchantId, status: 404 }]);
  });

  it("is checked all the same when all that it lacks is an ID", async () => {
    const body = orderBody();
    Object.assign(body, { tracking_ids: noIds });
    body.order.order_amount_subtotal = 67.92;
    await post(sandbox, "order", body);
    expect(sandbox.requests[0]?.findings).toMatchObject([
      { severity: "error", path: "tracking_ids.visitor_id" },
      { severity: "warning", path: "order.order_amount_subtotal" },
    ]);
  });

  it.each([
    ["text that is no JSON", "{", {}, 400, "sandbox.body.not_json"],
    ["an empty body", "", {}, 400, "sandbox.body.not_json"],
    [
      "a form's content type",
      "{}",
      { "content-type": "application/x-www-form-urlencoded" },
      415,
      "sandbox.content_type",
    ],
    ["a compressed body", "{}", { "content-encoding": "gzip" }, 415, "sandbox.content_encoding"],
    ["a body above the limit", JSON.stringify("x".repeat(1_100_000)), {}, 413, "sandbox.body.too_large"],
  ])("says so as JSON with a key of the sandbox's own: %s", async (_, body, headers, status, key) => {
    const response = await post(sandbox, "order", body, { headers });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error_key: key });
    expect(sandbox.orders).toHaveLength(0);
    expect(sandbox.requests).toMatchObject([{ endpoint: "order", status }]);
  });

  it("is a GET, which is answered 405 with what is allowed", async () => {
    const response = await fetch(`${sandbox.url}/merchants/${MERCHANT}/tracking/order`);
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("POST");
  });

  it("is one to the article's address with the stray hyphen, and the answer says why", async () => {
    const response = await fetch(`${sandbox.url}/merchants/${MERCHANT}/tracking/order-`, {
      method: "POST",
      body: "{}",
    });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: expect.stringContaining("without a hyphen") });
    expect(sandbox.requests).toMatchObject([{ endpoint: "unknown", status: 404 }]);
  });
});

describe("a call to an endpoint with a path", () => {
  it.each([
    "/v1/merchants/x/tracking/order",
    "/api/merchants/x/tracking/click",
    "/tracking/order",
    "/v1",
    "/",
  ])("is recorded, and answered with what the endpoint should be: %s", async (path) => {
    const response = await fetch(sandbox.url + path, {
      method: "POST",
      headers: serverHeaders,
      body: JSON.stringify(orderBody()),
    });
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({
      error: expect.stringContaining("the sandbox's URL without a path"),
    });
    expect(sandbox.requests).toMatchObject([{ endpoint: "unknown", path, state: "answered", status: 404 }]);
    expect(sandbox.orders).toEqual([]);
  });
});

it("keeps the newest requests only, with their records, and counts what it dropped", async () => {
  const small = await startSandbox({ maxRecords: 2 });
  for (const number of ["1", "2", "3"]) {
    const body = orderBody();
    body.order.order_number = number;
    await post(small, "order", body);
  }
  expect(small.orders.map(({ id }) => id)).toEqual(["order-2", "order-3"]);
  expect(small.requests).toHaveLength(2);
  expect(small.dropped).toBe(1);
  await small.close();
});

it("stamps what arrives with the clock that it was given", async () => {
  const timed = await startSandbox({ now: () => Date.UTC(2026, 0, 2, 3, 4, 5) });
  await post(timed, "click", clickBody());
  expect(timed.clicks[0]?.receivedAt).toBe("2026-01-02T03:04:05.000Z");
  await timed.close();
});

it("notes a caller that goes away before its body is complete", async () => {
  const half = request(`${sandbox.url}/merchants/${MERCHANT}/tracking/order`, {
    method: "POST",
    headers: { ...serverHeaders, "content-length": "100" },
  });
  half.on("error", () => {});
  half.write("{");
  await sandbox.waitForRequests(1);
  half.destroy();
  const [lost] = await sandbox.waitForRequests(1, { where: ({ state }) => state === "lost" });
  expect(lost).toMatchObject({ raw: "" });
  expect(lost?.status).toBeUndefined();
});

it.each([
  ["another name in Host, as by DNS rebinding", { host: "evil.example" }],
  ["another site's Origin", { origin: "https://evil.example" }],
])("takes no order from a page with %s", async (_, headers) => {
  const answered = await new Promise<number | undefined>((resolve, reject) => {
    const call = request(
      `${sandbox.url}/merchants/${MERCHANT}/tracking/order`,
      { method: "POST", headers: { ...serverHeaders, ...headers } },
      (response) => resolve(response.resume().statusCode),
    );
    call.on("error", reject).end(JSON.stringify(orderBody()));
  });
  expect(answered).toBe(403);
  expect(sandbox.requests).toHaveLength(0);
});

it("counts what a body takes once it is parsed, so that small values do not fill the memory", async () => {
  const text = `{"tracking_ids":{"user_id":["1"]},"x":[${"[],".repeat(330_000)}[]]}`;
  for (let count = 0; count < 14; count += 1) await post(sandbox, "click", text);
  expect(sandbox.dropped).toBeGreaterThan(0);
  expect(sandbox.requests.length).toBeLessThan(14);
});
