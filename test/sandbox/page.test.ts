import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Sandbox, startSandbox } from "@avantlink-s2s/sandbox";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { clickBody, orderBody, post, serverHeaders } from "./payloads.ts";

let sandbox: Sandbox;

beforeEach(async () => {
  sandbox = await startSandbox();
});

afterEach(() => sandbox.close());

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: object;
}

/** Asks with any header, those that fetch keeps to itself included. */
function ask(
  path: string,
  { method = "GET", headers = {}, body }: Asked = {},
): Promise<{ status: number; text: string; json: () => never }> {
  return new Promise((resolve, reject) => {
    const sent = request(sandbox.url + path, { method, headers }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => {
        text += chunk;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text, json: () => JSON.parse(text) as never }),
      );
    });
    sent.on("error", reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const control = { "X-AvantLink-Sandbox": "page" };

interface View {
  readonly filters: readonly { id: string; count: number }[];
  readonly sandbox: {
    faults: readonly { id: string; says: string; left?: number }[];
    steps: readonly { id: string; state: string; hint: string; shownBy?: { id: string } }[];
    undo: number;
  };
  readonly list: {
    total: number;
    skipped: number;
    next?: string;
    rows: readonly {
      id: string;
      title: object;
      brief: string;
      note: string;
      tone: string;
      marks: object[];
    }[];
  };
}

async function view(query = ""): Promise<View> {
  return (await ask(`/api/view${query}`)).json();
}

const detail = async (id: string): Promise<never> => (await ask(`/api/items/${id}`)).json();

async function send(number: string, change: (body: ReturnType<typeof orderBody>) => unknown = () => {}) {
  const body = orderBody();
  body.order.order_number = number;
  change(body);
  return post(sandbox, "order", body);
}

describe("the page", () => {
  it("loads nothing from elsewhere, and runs nothing but its own files", async () => {
    const response = await fetch(sandbox.url);
    const page = await response.text();
    expect(response.headers.get("content-security-policy")).toContain(
      "default-src 'none'; script-src 'self'",
    );
    expect(response.headers.get("content-security-policy")).toContain("require-trusted-types-for 'script'");
    const addresses = [...page.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, address = ""]) => address);
    expect(addresses.length).toBeGreaterThan(2);
    for (const address of addresses) {
      expect(address).toMatch(/^[a-z]+\.[a-z]+$/);
      expect((await fetch(`${sandbox.url}/${address}`)).status).toBe(200);
    }
    expect(page).not.toMatch(/<script>|\son\w+=|style="/);
  });

  it("says where it is to who looks elsewhere", async () => {
    expect(await ask("/nothing")).toMatchObject({
      status: 404,
      text: expect.stringContaining("The page is at /."),
    });
  });

  it("sends a server-sent event after every change", async () => {
    const events = await fetch(`${sandbox.url}/api/changes`);
    expect(events.headers.get("content-type")).toBe("text/event-stream");
    const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
    const changed = async () => {
      for (let text = ""; !text.includes("data: changed"); ) text += (await reader?.read())?.value ?? "";
    };
    await changed();
    await send("1");
    await changed();
    await reader?.cancel();
  });
});

describe("a stranger's page", () => {
  it.each<[string, string, Asked]>([
    ["reads under a name that it points here", "/api/view", { headers: { host: "evil.example" } }],
    ["opens the page so", "/", { headers: { host: "evil.example:80" } }],
    ["uses a name that begins like ours", "/", { headers: { host: "127.0.0.1.evil.example" } }],
    [
      "reads from another site",
      "/api/view",
      { headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" } },
    ],
    [
      "reads from another port",
      "/api/view",
      { headers: { "sec-fetch-site": "same-site", "sec-fetch-mode": "no-cors" } },
    ],
    ["sets a fault by a form", "/api/faults", { method: "POST", body: { status: 500 } }],
    [
      "sets a fault from its origin",
      "/api/faults",
      { method: "POST", body: { status: 500 }, headers: { ...control, origin: "https://evil.example" } },
    ],
    [
      "sets a fault from a sandboxed frame",
      "/api/faults",
      { method: "POST", body: { status: 500 }, headers: { ...control, origin: "null" } },
    ],
    ["forgets everything without the header", "/api/requests", { method: "DELETE" }],
    [
      "names an endpoint in the query",
      "/api/faults?at=/merchants/x/tracking/order",
      { method: "POST", body: { status: 500 } },
    ],
    [
      "asks whether it may",
      "/api/faults",
      { method: "OPTIONS", headers: { origin: "https://evil.example" } },
    ],
  ])("is refused when it %s", async (_, path, asked) => {
    await send("1");
    const { status, text } = await ask(path, asked);
    expect(status).toBe(403);
    expect(text).not.toContain("order-1");
    expect((await post(sandbox, "order", orderBody())).status).toBe(200);
    expect(sandbox.orders).toHaveLength(2);
  });

  it("may lead its visitor here by a link", async () => {
    const { status } = await ask("/", {
      headers: { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate" },
    });
    expect(status).toBe(200);
  });

  it("is not what localhost is", async () => {
    const { port } = new URL(sandbox.url);
    expect((await ask("/", { headers: { host: `localhost:${port}` } })).status).toBe(200);
  });
});

describe("the page's controls", () => {
  it("set and lift faults", async () => {
    const set = await ask("/api/faults", {
      method: "POST",
      headers: control,
      body: { status: 503, times: 2, on: "order" },
    });
    expect(set.status).toBe(201);
    expect((await view()).sandbox.faults).toEqual([
      { id: "fault-1", says: "answers 503, orders only", left: 2 },
    ]);
    expect((await send("1")).status).toBe(503);
    await ask("/api/faults/fault-1", { method: "DELETE", headers: control });
    expect((await send("1")).status).toBe(200);
    sandbox.fail({ hang: true });
    await ask("/api/faults", { method: "DELETE", headers: control });
    expect((await view()).sandbox.faults).toEqual([]);
  });

  it("say what is wrong with a fault", async () => {
    const { status, text } = await ask("/api/faults", {
      method: "POST",
      headers: control,
      body: { status: 9 },
    });
    expect([status, text]).toEqual([400, expect.stringContaining("status")]);
  });

  it("forget everything", async () => {
    await send("1");
    sandbox.fail({ status: 500 });
    await ask("/api/requests", { method: "DELETE", headers: control });
    expect(await view()).toMatchObject({ sandbox: { faults: [] }, list: { total: 0 } });
    expect(sandbox.orders).toHaveLength(0);
  });
});

describe("starting over", () => {
  const startOver = () => ask("/api/requests", { method: "DELETE", headers: control });
  const undo = () => ask("/api/undo", { method: "POST", headers: control });

  it("can be undone, beside what arrived since", async () => {
    await post(sandbox, "click", clickBody());
    await send("1");
    sandbox.fail({ status: 503, times: 2, on: "click" });
    const { orders } = sandbox;
    await startOver();
    expect((await view()).sandbox).toMatchObject({ undo: 2, faults: [] });
    await send("2");
    await undo();
    expect((await view()).list.rows.map(({ id }) => id)).toEqual(["request-3", "request-2", "request-1"]);
    expect((await view()).sandbox).toMatchObject({
      undo: 0,
      faults: [{ says: "answers 503, clicks only", left: 2 }],
    });
    expect(sandbox.orders).toBe(orders);
    await send("1");
    expect(sandbox.orders.at(-1)).toMatchObject({ repeatOf: "order-1", click: "click-1" });
  });

  it("is undone once", async () => {
    await send("1");
    await startOver();
    await undo();
    await undo();
    expect(sandbox.orders).toHaveLength(1);
  });
});

describe("an event of the shop's tracker", () => {
  const report = (event: object) => ask("/events", { method: "POST", body: event });

  it.each([
    [
      { type: "skipped", kind: "order", orderNumber: "7", reason: "not-confirmed", status: 500 },
      "Skipped order",
      "not-confirmed, status 500",
    ],
    [
      {
        type: "rejected",
        kind: "order",
        orderNumber: "7",
        error: { code: "order.invalid", help: "Correct it." },
      },
      "Rejected order",
      "order.invalid. Correct it.",
    ],
  ])("is shown among the requests, and is no order: %j", async (event, word, why) => {
    expect((await report(event)).status).toBe(200);
    const { list, filters, sandbox: shown } = await view("?show=event");
    expect(list.rows).toMatchObject([{ title: { word, name: "7" } }]);
    expect(filters.find(({ id }) => id === "refused")).toMatchObject({ count: 0 });
    expect(shown.steps.find(({ id }) => id === "clean")).toMatchObject({ state: "open" });
    expect(await detail("request-1")).toMatchObject({ outcome: { sentence: expect.stringContaining(why) } });
    expect(sandbox.orders).toHaveLength(0);
  });

  it.each([[{}], [{ type: 5 }], [[1]]])("is refused when it has no type: %j", async (event) => {
    expect((await report(event)).status).toBe(400);
    expect((await view()).list.rows).toMatchObject([{ brief: "400 refused" }]);
  });

  it("may have any type, and shows it as text", async () => {
    await report({ type: "constructor", kind: "order", orderNumber: "__proto__" });
    expect((await view()).list.rows).toMatchObject([
      { title: { word: "constructor order", name: "__proto__" } },
    ]);
  });

  it("is not accepted from another site's page", async () => {
    const { status } = await ask("/events", {
      method: "POST",
      body: { type: "skipped" },
      headers: { origin: "https://evil.example" },
    });
    expect(status).toBe(403);
  });
});

describe("the list", () => {
  it("shows the newest first, with what became of each", async () => {
    await post(sandbox, "click", clickBody());
    await send("1");
    await send("1");
    await post(sandbox, "order", {});
    sandbox.fail({ status: 500, times: 1 });
    await send("2");
    sandbox.fail({ reset: true, taken: true, times: 1 });
    await send("3").catch(() => {});
    await sandbox.waitForRequests(6, { where: ({ state }) => state !== "open" });
    const { list } = await view();
    const order = (name: string) => ({ word: "Order", name, amount: "59.97 USD" });
    expect(list.rows.map(({ title, brief, note }) => [title, brief, note])).toEqual([
      [order("3"), "taken, answer lost", "from click-1"],
      [order("2"), "500 fault", ""],
      [{ word: "Order without a number" }, "400 refused", ""],
      [order("1"), "200 taken", "repeats order-1 · from click-1"],
      [order("1"), "200 taken", "from click-1"],
      [{ word: "Click", name: "77_f3afbe121" }, "200 taken", ""],
    ]);
  });

  it("can be searched and narrowed", async () => {
    await post(sandbox, "click", clickBody());
    await send("NEEDLE-7");
    await send("8", (body) => Object.assign(body, { user_agent: "curl/8" }));
    await post(sandbox, "order", {});
    const found = async (query: string) => (await view(query)).list.rows.map(({ id }) => id);
    expect(await found("?search=needle")).toEqual(["request-2"]);
    expect(await found("?show=order&search=order-2")).toEqual(["request-3"]);
    expect(await found("?show=click")).toEqual(["request-1"]);
    expect(await found("?show=findings")).toEqual(["request-4", "request-3"]);
    expect(await found("?show=refused")).toEqual(["request-4"]);
  });

  it.each([
    ["what became of it", "400 refused", ["request-3"]],
    ["a title with its amount", "Order 8 · 59.97 USD", ["request-2"]],
    ["what it came from", "from click-1", ["request-2"]],
    ["the number of its findings", "1 error", ["request-2"]],
    ["a finding's sentence", "it is a server's user agent", ["request-2"]],
    ["the body as it is laid out", '"order_number": "8"', ["request-2"]],
  ])("is searched by what the page shows: %s", async (_, search, expected) => {
    await post(sandbox, "click", clickBody());
    await send("8", (body) => Object.assign(body, { user_agent: "curl/8" }));
    await post(sandbox, "order", {});
    const { list } = await view(`?search=${encodeURIComponent(search)}`);
    expect(list.rows.map(({ id }) => id)).toEqual(expected);
  });

  it("counts what each filter would show of the search", async () => {
    await post(sandbox, "click", clickBody());
    await send("1");
    await send("2");
    const counts = async (query: string) =>
      Object.fromEntries((await view(query)).filters.map(({ id, count }) => [id, count]));
    expect(await counts("?show=click")).toMatchObject({
      all: 3,
      order: 2,
      click: 1,
      findings: 0,
      refused: 0,
    });
    expect(await counts("?search=order-1")).toMatchObject({ all: 1, order: 1, click: 0 });
  });

  it("comes by the page, and an older page stays while new requests arrive", async () => {
    for (let number = 1; number <= 60; number++) await send(String(number));
    const first = (await view()).list;
    expect([first.rows.length, first.rows[0]?.id, first.total, first.skipped]).toEqual([
      50,
      "request-60",
      60,
      0,
    ]);
    const { next } = first;
    await send("61");
    const second = (await view(`?page=${next}`)).list;
    expect([second.rows.length, second.rows[0]?.id, second.total, second.skipped]).toEqual([
      10,
      "request-10",
      61,
      51,
    ]);
  });
});

describe("a request on the page", () => {
  it("stands beside what the article says of each field, and the click that it is attributed to", async () => {
    await post(sandbox, "click", clickBody());
    await send("1", (body) => Object.assign(body.order, { extra: 1, currency: undefined }));
    expect(await detail("request-2")).toMatchObject({
      title: { word: "Order", name: "1", amount: "59.97" },
      raw: sandbox.orders[0]?.raw,
      fields: expect.arrayContaining([
        { path: "order.currency", required: true, says: expect.stringContaining("ISO 4217") },
        {
          path: "order.products[1].product_amount",
          value: "19.99",
          required: true,
          says: expect.stringContaining("ONE item"),
        },
        { path: "order.extra", value: "1", required: false, says: "" },
      ]),
      click: {
        id: "request-1",
        sharedField: "avantlink_avad",
        shared: "77_f3afbe121",
        landing: clickBody().current_url,
      },
    });
    expect(await detail("request-1")).toMatchObject({ orders: [{ id: "request-2", title: "order-1" }] });
  });

  it("knows the others with its order number", async () => {
    await send("1");
    await send("1");
    expect(await detail("request-2")).toMatchObject({ click: null, sameNumber: [{ id: "request-1" }] });
  });

  it("can be sent again by curl, whatever is in it", async () => {
    await send("it's; $(true) `x` \\ \n");
    const { curl, head } = (await detail("request-1")) as { curl: string; head: string };
    expect(head).toMatch(/^POST \/merchants\/[\w-]+\/tracking\/order HTTP\/1\.1\n/);
    expect(curl).not.toMatch(/content-length|host:/i);
    const sent = argumentsOf(curl);
    expect(sent.slice(0, 3)).toEqual(["-X", "POST", sandbox.url + sandbox.requests[0]?.path]);
    expect(sent[sent.indexOf("--data-raw") + 1]).toBe(sandbox.orders[0]?.raw);
  });

  it("can be sent again by curl with a megabyte in it, an empty header, and a header that is not ASCII", async () => {
    const raw = JSON.stringify({ ...orderBody(), user_agent: `it's ${"é".repeat(500_000)}` });
    const headers = {
      ...serverHeaders,
      "user-agent": Buffer.from("Größe's/1").toString("latin1"),
      "x-empty": "",
    };
    await post(sandbox, "order", raw, { headers });
    const { curl } = (await detail("request-1")) as { curl: string };
    const sent = argumentsOf(curl);
    expect(sent).toContain("user-agent: Größe's/1");
    expect(sent).toContain("x-empty;");
    expect(sent[sent.indexOf("--data-binary") + 1]).toBe("@-");
    expect(sent.at(-1)).toBe(raw);
  });

  it("can be expected by a test that TypeScript reads, without its number", async () => {
    await send("77", (body) => Object.assign(body.order, { coupon_codes: ["`", "\u2028'\"\\"] }));
    const { test } = (await detail("request-1")) as { test: string };
    expect(stripTypeScriptTypes(test)).toContain("await sandbox.waitForOrders(1)");
    expect(test).not.toContain("77");
    const { order_number: _, ...order } = Object(sandbox.orders[0]?.body).order;
    const [, expected = ""] = /toMatchObject\(([\s\S]+?)\);\n/.exec(test) ?? [];
    expect(JSON.parse(expected)).toEqual({ order });
  });

  it("may hold a body of any depth", async () => {
    await post(
      sandbox,
      "order",
      `{"tracking_ids":{"avantlink_avad":"a"},"deep":${"[".repeat(50_000)}${"]".repeat(50_000)}}`,
    );
    expect(await detail("request-1")).toMatchObject({
      fields: expect.arrayContaining([{ path: "deep", value: "…", required: false, says: "" }]),
    });
  });

  it("is reported as gone when it made room for others", async () => {
    expect((await ask("/api/items/request-9")).status).toBe(404);
  });
});

describe("the checklist", () => {
  const states = async () =>
    Object.fromEntries((await view()).sandbox.steps.map(({ id, state }) => [id, state]));

  it("begins with nothing seen", async () => {
    const open = {
      click: "open",
      visitor: "open",
      coupon: "open",
      quantity: "open",
      guest: "open",
      returning: "open",
      clean: "open",
    };
    expect(await states()).toEqual({ ...open, refresh: "by-hand" });
  });

  it("ticks what it sees, one by one", async () => {
    await post(sandbox, "click", clickBody());
    expect(await states()).toMatchObject({ click: "done", visitor: "open" });
    await send("1", ({ order, tracking_ids }) => {
      tracking_ids.user_id = ["u"];
      order.coupon_codes = [];
      order.products = [{ product_sku: "A", product_amount: 59.97, quantity: 1 }];
    });
    expect(await states()).toMatchObject({
      visitor: "done",
      coupon: "open",
      quantity: "open",
      guest: "open",
      returning: "open",
      clean: "done",
    });
    await send("2");
    expect(await states()).toMatchObject({
      coupon: "done",
      quantity: "done",
      guest: "done",
      returning: "open",
    });
    await send("3", ({ order }) => Object.assign(order.customer, { new_customer: false }));
    expect(await states()).toMatchObject({ returning: "done", refresh: "by-hand" });
  });

  it("does not take an order of another visitor for the same", async () => {
    await post(sandbox, "click", clickBody());
    await send("1", ({ tracking_ids }) => Object.assign(tracking_ids, { visitor_id: ["other"] }));
    expect(await states()).toMatchObject({ visitor: "wrong", clean: "wrong" });
    await send("2");
    expect(await states()).toMatchObject({ visitor: "done", clean: "done" });
  });

  it("says why an order without an ID was refused", async () => {
    await post(sandbox, "click", clickBody());
    await send("1", ({ tracking_ids }) =>
      Object.assign(tracking_ids, { visitor_id: [], avantlink_avad: "" }),
    );
    expect(await states()).toMatchObject({ visitor: "wrong", clean: "wrong" });
    const { steps } = (await view()).sandbox;
    expect(steps.find(({ id }) => id === "visitor")).toMatchObject({ shownBy: { request: "request-2" } });
  });

  it("calls a second send of an answered order wrong, and a retry of an unanswered one not", async () => {
    sandbox.fail({ status: 500, taken: true, times: 1 });
    await send("1");
    await send("1");
    expect(await states()).toMatchObject({ refresh: "by-hand" });
    await send("1");
    expect((await view()).sandbox.steps.find(({ id }) => id === "refresh")).toMatchObject({
      state: "wrong",
      shownBy: { id: "order-3" },
    });
  });
});

/** What a shell makes of a curl command: its arguments, and then what it gets on stdin. */
function argumentsOf(curl: string): string[] {
  const script = `curl() { for argument; do printf '%s\\0' "$argument"; done; cat; }\n${curl}\n`;
  const place = mkdtempSync(join(tmpdir(), "avantlink-curl-"));
  try {
    writeFileSync(join(place, "curl.sh"), script);
    const maxBuffer = 8 * 1024 * 1024;
    return execFileSync("sh", [join(place, "curl.sh")], { encoding: "utf8", input: "", maxBuffer }).split(
      "\0",
    );
  } finally {
    rmSync(place, { recursive: true });
  }
}
