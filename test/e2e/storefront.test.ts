import { createHash } from "node:crypto";
import { once } from "node:events";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { type IncomingMessage, request as post } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startSandbox } from "@avantlink-s2s/sandbox";
import request from "supertest";
import { afterAll, afterEach, expect, onTestFinished, test } from "vitest";
import { startShop } from "../../examples/demo/shop-process.ts";
import { openBrowser, type Page, USER_AGENT } from "../../examples/demo/shopper.ts";
import { buy, land, plan, refresh, type Step } from "../../examples/demo/walk.ts";
import { CHECKOUT } from "../support/checkout.ts";
import { BEHIND_A_PROXY, openStorefront, type Storefront } from "../support/storefront.ts";

const sandbox = await startSandbox();
afterEach(() => sandbox.reset());
afterAll(() => sandbox.close());

const silent = () => {};

async function open(endpoint = sandbox.url): Promise<Storefront> {
  const shop = await openStorefront(endpoint, { retry: { baseDelayMs: 10, maxDelayMs: 10 } });
  onTestFinished(() => shop.close());
  return shop;
}

/** An address at which nothing listens. */
async function deadEndpoint(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${typeof address === "object" ? address?.port : 0}`;
}

test("a shopper from an affiliate's link gives one click and one order, and a refresh gives nothing", async () => {
  const shop = await open();
  const shopper = openBrowser(BEHIND_A_PROXY);
  const landing = await land(shopper, shop.url, plan, silent);
  const purchase = await buy(shopper, plan, silent);
  await refresh(shopper, purchase, silent);
  await refresh(shopper, purchase, silent);
  await shop.events.waitFor("delivered", 2);
  await shop.events.waitFor("duplicate", 2);

  const [click, ...moreClicks] = sandbox.clicks;
  const [order, ...moreOrders] = sandbox.orders;
  expect([moreClicks, moreOrders, sandbox.requests.length]).toEqual([[], [], 2]);
  expect([click?.findings, order?.findings]).toEqual([[], []]);
  expect(order).toMatchObject({ click: click?.id, attributedBy: "avantlink_avad" });

  const shared = {
    tracking_ids: { user_id: [], visitor_id: [landing.visitor], avantlink_avad: "77_f3afbe121" },
    user_agent: USER_AGENT,
    user_ip_address: "203.0.113.7",
    google_click_id: "",
    custom_tracking_code: "",
  };
  expect(click?.body).toEqual({
    ...shared,
    current_url: `${shop.url}${plan.landing}`,
    referrer_url: plan.affiliate,
  });
  expect(order?.body).toEqual({
    ...shared,
    current_url: `${shop.url}/checkout/thank-you`,
    referrer_url: `${shop.url}/checkout`,
    order: {
      order_number: purchase.orderNumber,
      // 2 × 39.95 + 249.95 less 15 %; 6.95 of shipping and 20.33 of tax are no part of it.
      order_amount_subtotal: 280.37,
      currency: "USD",
      coupon_codes: ["TRAIL15"],
      customer: { new_customer: true, country: "US", region: "", state: "UT" },
      products: [
        { product_sku: "LAMP-BEAM", product_amount: 33.95, quantity: 1 },
        { product_sku: "LAMP-BEAM", product_amount: 33.96, quantity: 1 },
        { product_sku: "TENT-RIDGE-2", product_amount: 212.46, quantity: 1 },
      ],
    },
  });
});

test("a second order with the same e-mail address is not a new customer's, and the address is never sent", async () => {
  const shop = await open();
  const email = String(plan.details.email);
  for (const typed of [email, ` ${email.toUpperCase()}`, "someone.else@example.com"]) {
    const shopper = openBrowser();
    await shopper.arrive(shop.url, plan.affiliate);
    await buy(shopper, { ...plan, details: { ...plan.details, email: typed } }, silent);
  }
  const orders = await sandbox.waitForOrders(3);

  const isNew = new Map(
    orders.map(({ raw }) => [
      JSON.parse(raw).order.order_number,
      JSON.parse(raw).order.customer.new_customer,
    ]),
  );
  expect([...isNew].sort()).toEqual([
    ["LL-10001", true],
    ["LL-10002", false],
    ["LL-10003", true],
  ]);
  const hash = createHash("sha256").update(email).digest("hex");
  for (const { raw } of sandbox.requests) {
    expect(raw).not.toContain("example.com");
    expect(raw).not.toContain(hash);
    expect(raw).not.toContain("Sam");
  }
});

test("each page is the same, byte for byte, whether AvantLink answers, is dead, or was never there", async () => {
  const alive = await open();
  const dead = await open(await deadEndpoint());
  const without = await startShop(withoutOurLines());
  onTestFinished(async () => void (await without.stop()));
  const pages: string[][] = [];
  for (const shop of [alive, dead, without]) {
    const shopper = openBrowser();
    const seen: Page[] = [await shopper.arrive(`${shop.url}${plan.landing}`, plan.affiliate)];
    const see = ({ page }: Step) => void seen.push(page);
    await refresh(shopper, await buy(shopper, plan, see), see);
    pages.push(seen.map(({ trail, html }) => `${trail.join(", ")}\n${html}`));
  }
  const ended = await without.stop();

  expect(pages[1]).toEqual(pages[0]);
  expect(pages[2]).toEqual(pages[0]);
  expect(pages[0]).toHaveLength(10);
  expect(ended).toBe(0);
  await sandbox.waitForOrders(1);
  expect(sandbox.orders).toHaveLength(1);
});

test("an order waits for an AvantLink that is down, and arrives when it is back", async () => {
  const shop = await open();
  sandbox.fail({ status: 503, times: 2, on: "order" });
  const shopper = openBrowser(BEHIND_A_PROXY);
  await land(shopper, shop.url, plan, silent);
  const { orderNumber } = await buy(shopper, plan, silent);

  const [order] = await sandbox.waitForOrders(1);
  expect(JSON.parse(String(order?.raw)).order.order_number).toBe(orderNumber);
});

test("a checkout that is not filled in is asked for again, what was typed is kept and escaped, and nothing is ordered", async () => {
  const shop = await open();
  const browser = request.agent(shop.url);
  await browser.post("/cart/add").type("form").send({ sku: "MUG-HEARTH", quantity: "1" }).expect(303);
  const asked = await browser
    .post("/checkout")
    .type("form")
    .send({ name: `<script>alert("1")</script>`, email: "nobody", country: "ZZ" })
    .expect(422);

  expect(asked.text).toContain("Enter your e-mail address, as in sam@example.com.");
  expect(asked.text).toContain("Choose one of the countries that we deliver to.");
  expect(asked.text).toContain("&#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62;");
  expect(asked.text).not.toContain("<script");
  await browser.get("/checkout/thank-you").expect(303).expect("Location", "/cart");
  expect(sandbox.requests).toEqual([]);
});

test("an impatient second click on Pay is thanked for the same order", async () => {
  const shop = await open();
  const browser = request.agent(shop.url);
  await browser.post("/cart/add").type("form").send({ sku: "MUG-HEARTH", quantity: "1" }).expect(303);
  await browser
    .post("/checkout")
    .type("form")
    .send(CHECKOUT)
    .expect(303)
    .expect("Location", "/checkout/thank-you");
  await browser
    .post("/checkout")
    .type("form")
    .send(CHECKOUT)
    .expect(303)
    .expect("Location", "/checkout/thank-you");
  await browser
    .get("/checkout/thank-you")
    .expect(200)
    .expect(/LL-10001/);
  await browser
    .get("/checkout/thank-you")
    .expect(200)
    .expect(/LL-10001/);
  await shop.events.waitFor("duplicate");
  expect(sandbox.orders).toHaveLength(1);
});

test("two clicks on Pay whose forms are both still under way are one order", async () => {
  const shop = await open();
  const added = await request(shop.url)
    .post("/cart/add")
    .type("form")
    .send({ sku: "MUG-HEARTH" })
    .expect(303);
  const Cookie = String(added.get("Set-Cookie")?.find((line) => line.startsWith("shop.sid="))).split(";")[0];
  const posts = await Promise.all([headOfCheckout(shop, Cookie), headOfCheckout(shop, Cookie)]);
  const answers = await Promise.all(posts.map((finish) => finish()));
  const next = openBrowser();
  await next.arrive(shop.url, plan.affiliate);

  expect(answers).toEqual(Array(2).fill("303 /checkout/thank-you"));
  await request(shop.url)
    .get("/checkout/thank-you")
    .set("Cookie", String(Cookie))
    .expect(200)
    .expect(/LL-10001/);
  expect((await buy(next, plan, silent)).orderNumber).toBe("LL-10002");
});

/** Sends a checkout's head, and resolves when the shop has it, with a function that sends the form and returns the answer. */
async function headOfCheckout({ url }: Storefront, Cookie = ""): Promise<() => Promise<string>> {
  const form = new URLSearchParams(CHECKOUT).toString();
  const posting = post(`${url}/checkout`, {
    method: "POST",
    agent: false,
    headers: {
      Cookie,
      "Content-Type": "application/x-www-form-urlencoded",
      "Content-Length": form.length,
      // Node.js answers that it may continue, and in the same turn hands the request to the shop.
      Expect: "100-continue",
    },
  });
  posting.flushHeaders();
  await once(posting, "continue");
  return async () => {
    posting.end(form);
    const [response] = (await once(posting, "response")) as [IncomingMessage];
    response.resume();
    return `${response.statusCode} ${response.headers.location}`;
  };
}

test("what no page of the shop sends is answered calmly", async () => {
  const shop = await open();
  const browser = request.agent(shop.url);
  await browser
    .get("/products/nowhere")
    .expect(404)
    .expect(/Off the trail/);
  await browser.post("/cart/add").type("form").send({ sku: "__proto__", quantity: "1" }).expect(404);
  await browser.post("/cart/add").type("form").send({ sku: "MUG-HEARTH", quantity: "-5e9" }).expect(303);
  await browser
    .post("/cart/coupon")
    .type("form")
    .send({ code: "<b>" })
    .expect(422)
    .expect(/value="&#60;b&#62;"/);
  await browser
    .post("/checkout")
    .type("form")
    .send("a=".padEnd(30_000, "a"))
    .expect(413)
    .expect(/That did not work/);
  await browser.get("/%").expect(404);
});

test("our lines in the shop are few, and each is marked", () => {
  const marked = ["shop.ts", "server.ts"].flatMap((file) => ourLinesIn(file));
  expect(marked).toHaveLength(10);
  const elsewhere = readdirSync(EXAMPLE, { recursive: true, encoding: "utf8" })
    .filter((file) => /^(?!node_modules).*\.ts$/.test(file) && !OURS.includes(file))
    .flatMap((file) => readFileSync(join(EXAMPLE, file), "utf8").split("\n"))
    .filter((line) => !line.includes("// AvantLink") && /@avantlink-s2s|tracker/i.test(line));
  expect(elsewhere).toEqual([]);
});

const EXAMPLE = fileURLToPath(new URL("../../examples/express-storefront", import.meta.url));
const OURS = ["tracker.ts", "order-for-avantlink.ts"];

function ourLinesIn(file: string): string[] {
  return readFileSync(join(EXAMPLE, file), "utf8")
    .split("\n")
    .filter((line) => line.includes("// AvantLink"));
}

/** The example as it is with each line that concerns us taken away. */
function withoutOurLines() {
  const folder = mkdtempSync(join(tmpdir(), "storefront-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(EXAMPLE, folder, { recursive: true, filter: (path) => !/node_modules|\.sqlite/.test(path) });
  symlinkSync(join(EXAMPLE, "node_modules"), join(folder, "node_modules"), "junction");
  for (const file of OURS) rmSync(join(folder, file));
  for (const file of ["shop.ts", "server.ts"]) {
    const lines = readFileSync(join(folder, file), "utf8").split("\n");
    writeFileSync(join(folder, file), lines.filter((line) => !line.includes("// AvantLink")).join("\n"));
  }
  return { args: ["server.ts"], cwd: folder, env: { PORT: "0", DATABASE_PATH: ":memory:" } };
}
