import { type Fault, type Sandbox, SandboxError, startSandbox } from "@avantlink-s2s/sandbox";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clickBody, orderBody, post } from "./payloads.ts";

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});

afterEach(() => sandbox.close());

describe("an answer that is not AvantLink's", () => {
  it.each<[string, Fault, number, string]>([
    [
      "a status",
      { status: 500 },
      500,
      '{"error":"The sandbox answers 500 because of a fault.","error_key":"sandbox.fault"}',
    ],
    ["a status with a body", { status: 422, body: { error_key: "x" } }, 422, '{"error_key":"x"}'],
    ["an empty 200", { status: 200, body: "" }, 200, ""],
    ["a web page", { html: true }, 200, expect.stringContaining("<h1>") as unknown as string],
    [
      "a web page with a status",
      { html: true, status: 503 },
      503,
      expect.stringContaining("<h1>") as unknown as string,
    ],
    ["JSON that breaks off", { malformed: true }, 200, '{"success": tr'],
    ["success: false", { success: false }, 200, '{"success": false}'],
    ["a redirect", { redirect: "/elsewhere" }, 302, ""],
  ])("is given, and nothing is taken: %s", async (_, fault, status, body) => {
    sandbox.fail(fault);
    const response = await post(sandbox, "order", orderBody());
    expect({ status: response.status, body: await response.text() }).toEqual({ status, body });
    expect(sandbox.orders).toHaveLength(0);
    expect(sandbox.requests).toMatchObject([
      { state: "answered", status, fault, raw: JSON.stringify(orderBody()) },
    ]);
  });

  it("carries the headers that it was given, Retry-After among them", async () => {
    sandbox.fail({ status: 429, headers: { "Retry-After": "7" } });
    const response = await post(sandbox, "order", orderBody());
    expect(response.headers.get("retry-after")).toBe("7");
  });

  it("carries the redirect's location", async () => {
    sandbox.fail({ redirect: "https://elsewhere.example/", status: 307 });
    const response = await post(sandbox, "order", orderBody());
    expect([response.status, response.headers.get("location")]).toEqual([307, "https://elsewhere.example/"]);
  });
});

describe("no answer", () => {
  it.each([true, "before-reading"] as const)("comes when the connection is reset: %s", async (reset) => {
    sandbox.fail({ reset });
    await expect(post(sandbox, "order", orderBody())).rejects.toThrow();
    const [lost] = await sandbox.waitForRequests(1, { where: ({ state }) => state === "lost" });
    expect(lost?.raw === "").toBe(reset === "before-reading");
    expect(sandbox.orders).toHaveLength(0);
  });

  it("comes from a sandbox that hangs, until the caller gives up", async () => {
    sandbox.fail({ hang: true });
    const caller = new AbortController();
    const answer = post(sandbox, "order", orderBody(), { signal: caller.signal });
    await sandbox.waitForRequests(1, { where: ({ raw }) => raw !== "" });
    caller.abort();
    await expect(answer).rejects.toThrow();
    await sandbox.waitForRequests(1, { where: ({ state }) => state === "lost" });
    expect(sandbox.orders).toHaveLength(0);
  });

  it("comes from a sandbox that is closed while it hangs", async () => {
    sandbox.fail({ hang: true });
    const answer = post(sandbox, "order", orderBody());
    answer.catch(() => {});
    await sandbox.waitForRequests(1, { where: ({ raw }) => raw !== "" });
    await sandbox.close();
    await expect(answer).rejects.toThrow();
  });

  it("leaves the order taken when the fault says so: its success was lost on the way", async () => {
    sandbox.fail({ reset: true, taken: true, times: 1 });
    await expect(post(sandbox, "order", orderBody())).rejects.toThrow();
    await post(sandbox, "order", orderBody());
    expect(sandbox.orders.map(({ answered, repeatOf }) => ({ answered, repeatOf }))).toEqual([
      { answered: false, repeatOf: undefined },
      { answered: true, repeatOf: "order-1" },
    ]);
  });

  it("takes nothing that AvantLink would have refused, whatever the fault says", async () => {
    sandbox.fail({ status: 500, taken: true });
    await post(sandbox, "order", { order: orderBody().order });
    expect(sandbox.orders).toHaveLength(0);
  });
});

describe("a delay", () => {
  it("takes the order at once and answers as usual, later", async () => {
    sandbox.fail({ delayMs: 30 });
    const answer = post(sandbox, "order", orderBody());
    const [order] = await sandbox.waitForOrders(1);
    expect(order?.answered).toBe(false);
    expect((await answer).status).toBe(200);
    expect(order?.answered).toBe(true);
  });

  it("ends when its caller gives up, and the order stays unanswered", async () => {
    sandbox.fail({ delayMs: 600_000 });
    const caller = new AbortController();
    const answer = post(sandbox, "order", orderBody(), { signal: caller.signal });
    await sandbox.waitForOrders(1);
    caller.abort();
    await expect(answer).rejects.toThrow();
    await sandbox.waitForRequests(1, { where: ({ state }) => state === "lost" });
    expect(sandbox.orders[0]?.answered).toBe(false);
  });

  it("goes before another effect", async () => {
    sandbox.fail({ delayMs: 1, status: 503 });
    expect((await post(sandbox, "order", orderBody())).status).toBe(503);
  });
});

describe("a fault is met", () => {
  const statuses = async (count: number, endpoint: "order" | "click" = "order") => {
    const seen: number[] = [];
    for (let i = 0; i < count; i++) {
      seen.push((await post(sandbox, endpoint, endpoint === "order" ? orderBody() : clickBody())).status);
    }
    return seen;
  };

  it("by so many requests as it says", async () => {
    sandbox.fail({ status: 500, times: 2 });
    expect(await statuses(3)).toEqual([500, 500, 200]);
  });

  it("by the call that it is for", async () => {
    sandbox.fail({ status: 500, on: "click" });
    expect([await statuses(1, "order"), await statuses(1, "click")]).toEqual([[200], [500]]);
  });

  it("by the share of requests that it is for, as the given randomness has it", async () => {
    const numbers = [0.1, 0.6, 0.4];
    const chancy = await startSandbox({ random: () => numbers.shift() ?? 1 });
    chancy.fail({ status: 500, probability: 0.5 });
    const seen = [];
    for (let i = 0; i < 4; i++) seen.push((await post(chancy, "order", orderBody())).status);
    expect(seen).toEqual([500, 200, 500, 200]);
    await chancy.close();
  });

  it("until it is lifted; the one before it is then met again", async () => {
    sandbox.fail({ status: 500 });
    const lift = sandbox.fail({ status: 503 });
    expect(await statuses(1)).toEqual([503]);
    lift();
    expect(await statuses(1)).toEqual([500]);
    sandbox.fail(null);
    expect(await statuses(1)).toEqual([200]);
  });

  it("by nobody after a reset, which also forgets what arrived", async () => {
    const { orders } = sandbox;
    await statuses(1);
    sandbox.fail({ status: 500 });
    sandbox.reset();
    expect([orders.length, sandbox.requests.length]).toEqual([0, 0]);
    expect(await statuses(1)).toEqual([200]);
    expect(orders).toHaveLength(1);
    expect(orders[0]?.repeatOf).toBeUndefined();
  });
});

it.each<[string, unknown, string]>([
  ["no effect", { on: "order" }, "needs an effect"],
  ["two effects", { hang: true, html: true }, "hang and html"],
  ["a misspelt one", { statsu: 500 }, "statsu"],
  ["a status that is none", { status: 20 }, "status"],
  [
    "a header that would split the answer",
    { status: 503, headers: { "Retry-After": "1\r\nX: y" } },
    "Retry-After",
  ],
  ["taking what is not read", { reset: "before-reading", taken: true }, "not read"],
])("refuses a fault with %s, and says what is wrong", (_, fault, message) => {
  const set = () => sandbox.fail(fault as Fault);
  expect(set).toThrow(SandboxError);
  expect(set).toThrow(message);
});
