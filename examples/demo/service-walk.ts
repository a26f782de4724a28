import { setTimeout as pause } from "node:timers/promises";
import type { OrderRecord, Sandbox } from "@avantlink-s2s/sandbox";
import { annotate } from "./annotated-json.ts";
import type { Source } from "./field-sources.ts";
import type { Database } from "./postgres.ts";
import * as report from "./report.ts";
import type { ShopProcess } from "./shop-process.ts";
import { openBrowser, type Page, type Shopper, Unexpected, USER_AGENT } from "./shopper.ts";
import { type Landing, land, plan } from "./walk.ts";

/** The running processes of the demo. */
export interface Running {
  readonly checkout: ShopProcess;
  readonly payment: ShopProcess;
  readonly webhooks: readonly ShopProcess[];
  readonly workers: readonly [ShopProcess, ShopProcess];
  readonly sandbox: Sandbox;
  readonly database: Database;
}

/** A call of the payment provider to a webhook. */
interface Attempt {
  readonly event: { readonly orderNumber: string };
  readonly to: string;
  readonly status: number;
  readonly answer: string;
}

/** The answer of a worker on `/health`. */
interface WorkerHealth {
  readonly ok: boolean;
  readonly totals?: { readonly accepted: number; readonly delivered: number };
}

const SHOPPER_IP = "203.0.113.7";
const ARRIVES_WITHIN_MS = 15_000;
const POLL_MS = 50;
const TAKEOVER_WITHIN_MS = 60_000;
// The provider calls each webhook address up to three times.
const FAILED_CALLS = 3;

/** Sells three times: without a fault, with a transaction that fails, and with a worker that is killed. */
export async function walkThrough(running: Running): Promise<void> {
  const { sandbox, webhooks, workers, database, checkout } = running;
  const show = report.stepReporter();
  const step = (title: string, page: Page, lines: readonly string[] = []) => show({ title, page, lines });
  // The demo also plays the load balancer, which adds the shopper's address.
  const shopper = openBrowser({ "X-Forwarded-For": SHOPPER_IP });

  const landing = await land(shopper, checkout.url, plan, show);
  await sandbox.waitForClicks(1);
  report.good("AvantLink got the click.");

  const paid = await order(shopper, {
    "quantity-TENT-RIDGE-2": "1",
    "quantity-LAMP-BEAM": "2",
    coupon: "TRAIL15",
  });
  step(`Orders, and is asked to pay for ${paid}`, shopper.page, [
    `In the order's row waits the shopper's context: ${await contextKeys(database, paid)}`,
  ]);
  step("Pays; the provider calls both webhook processes at once", await pay(shopper));
  for (const { to, status, answer } of await attempts(running, paid, webhooks.length)) {
    report.line(`POST ${to}/webhooks/payments → ${status} ${answer}`);
  }
  const [sent] = await sandbox.waitForOrders(1);
  if (!sent) throw new Unexpected("No order arrived.");
  report.good("One of them marked the order paid and tracked it, in one transaction; a worker delivered it.");
  showOrder(sent, sourcesOf(paid, landing, checkout));

  await database.query("UPDATE stock SET on_hand = 1 WHERE sku = 'TENT-RIDGE-2'");
  const failing = await order(await another(shopper, checkout), { "quantity-TENT-RIDGE-2": "2" });
  step(`Orders two tents (${failing}), of which there is only one left`, shopper.page);
  step("Pays all the same", await pay(shopper));
  for (const { to, status, answer } of await attempts(running, failing, webhooks.length * FAILED_CALLS)) {
    report.line(`POST ${to}/webhooks/payments → ${status} ${answer}`);
  }
  report.line(
    "The order was tracked, then the stock was too low: each call was rolled back, with the tracked order.",
  );

  await workerDies(running, shopper, step);

  const numbers = sandbox.orders.map(({ raw }) => JSON.parse(raw).order.order_number);
  if (numbers.length !== 2 || numbers.includes(failing)) {
    throw new Unexpected(`AvantLink has the orders ${numbers.join(", ")}.`);
  }
  report.good(
    `AvantLink has ${numbers.join(" and ")}, each once. It never got ${failing}, which was rolled back.`,
  );

  report.heading("What the health check shows");
  const delivered = (health: WorkerHealth) => health.totals?.accepted === 2 && health.totals.delivered === 2;
  const health = await until(
    () => json<WorkerHealth>(`${workers[1].url}/health`),
    delivered,
    "both orders delivered",
  );
  report.line(`GET ${workers[1].url}/health → ${JSON.stringify(health)}`);
}

async function workerDies(
  { sandbox, workers, ...running }: Running,
  shopper: Shopper,
  step: (title: string, page: Page) => void,
) {
  const [doomed, other] = workers;
  // Worker 2 is stopped for a moment, so that worker 1 gets the order.
  other.signal("SIGSTOP");
  sandbox.fail({ hang: true, on: "order", times: 1 });
  const before = sandbox.requests.length;
  const interrupted = await order(await another(shopper, running.checkout), { "quantity-MUG-HEARTH": "4" });
  step(`Orders four mugs: ${interrupted}`, shopper.page);
  step("Pays; worker 1 sends the order, and AvantLink does not answer yet", await pay(shopper));
  await sandbox.waitForRequests(before + 1, { timeoutMs: ARRIVES_WITHIN_MS });
  doomed.signal("SIGKILL");
  await doomed.ended;
  other.signal("SIGCONT");
  const killedAt = Date.now();
  report.line(
    "Worker 1 is killed while it sends the order (SIGKILL). Its lease on the order ends after half a minute…",
  );
  const [, second] = await sandbox.waitForOrders(2, { timeoutMs: TAKEOVER_WITHIN_MS });
  if (!second?.raw.includes(interrupted)) throw new Unexpected(`${interrupted} did not arrive.`);
  report.good(`Worker 2 delivered it, ${Math.round((Date.now() - killedAt) / 1000)} seconds after.`);
}

/** The next shopper, at the same browser. */
async function another(shopper: Shopper, checkout: ShopProcess): Promise<Shopper> {
  await shopper.arrive(checkout.url, plan.affiliate);
  return shopper;
}

/** Fills in the shop's form and goes to the payment. Returns the order's number. */
async function order(shopper: Shopper, wanted: Readonly<Record<string, string>>): Promise<string> {
  const { email = "", country = "", "address-level1": state = "" } = plan.details;
  const { url } = await shopper.submit('form[name="checkout"]', { email, country, state, ...wanted });
  const number = new URL(url).searchParams.get("order");
  if (!number) throw new Unexpected(`${url} names no order.`);
  return number;
}

function pay(shopper: Shopper): Promise<Page> {
  return shopper.submit('form[name="pay"]', { type: "payment.succeeded" });
}

async function contextKeys(database: Database, number: string): Promise<string> {
  const rows = await database.query(
    `SELECT jsonb_object_keys(context) AS key FROM orders WHERE number = '${number}' ORDER BY key`,
  );
  return rows.map(({ key }) => key).join(", ");
}

/** The shop's answers to the provider about an order, once there are `count` calls. */
async function attempts({ payment }: Running, number: string, count: number): Promise<readonly Attempt[]> {
  const about = (all: readonly Attempt[]) => all.filter(({ event }) => event.orderNumber === number);
  const enough = (all: readonly Attempt[]) => about(all).length >= count;
  const url = `${payment.url}/attempts`;
  return about(await until(() => json<readonly Attempt[]>(url), enough, `${count} calls of the provider`));
}

async function json<T>(url: string): Promise<T> {
  return (await (await fetch(url)).json()) as T;
}

/** Polls until the condition holds. */
async function until<T>(look: () => Promise<T>, isSo: (seen: T) => boolean, what: string): Promise<T> {
  const deadline = Date.now() + ARRIVES_WITHIN_MS;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > deadline)
      throw new Unexpected(`There should be ${what}, and there is ${JSON.stringify(seen)}.`);
    await pause(POLL_MS);
  }
}

function showOrder({ raw, merchantId, findings }: OrderRecord, sources: ReadonlyMap<string, Source>): void {
  report.heading("The order, as AvantLink received it, and where each field came from");
  report.line(`POST /merchants/${merchantId}/tracking/order`);
  report.line();
  report.annotatedJson(annotate(JSON.parse(raw), sources));
  report.line();
  if (findings.length > 0) throw new Unexpected(`The sandbox has findings: ${JSON.stringify(findings)}`);
  report.good("The sandbox checked it against AvantLink's articles and found nothing wrong.");
}

function sourcesOf(
  number: string,
  { avad, visitor }: Landing,
  { url }: ShopProcess,
): ReadonlyMap<string, Source> {
  const column = "orders.context: at the checkout,";
  const said: Readonly<Record<string, readonly [expected: unknown, from: string]>> = {
    current_url: [`${url}/checkout`, `${column} the address`],
    "tracking_ids.user_id": [[], "the shopper has no account: a guest"],
    "tracking_ids.visitor_id": [[visitor], `${column} the cookie avad_visitor`],
    "tracking_ids.avantlink_avad": [avad, `${column} the cookie avad`],
    user_agent: [USER_AGENT, `${column} the User-Agent header; the webhook's was ExamplePay-Webhook/1.0`],
    user_ip_address: [SHOPPER_IP, `${column} X-Forwarded-For; the webhook's was 127.0.0.1`],
    referrer_url: [`${url}${plan.landing}`, `${column} the Referer header`],
    google_click_id: ["", "there was no ?gclid= at the landing"],
    custom_tracking_code: ["", "the shop gave none"],
    "order.order_number": [number, "the shop's own"],
    "order.order_amount_subtotal": [280.37, "goods 329.85, less 15 %; no shipping"],
    "order.currency": ["USD", "the shop's order"],
    "order.coupon_codes": [["TRAIL15"], "the code that the shopper typed"],
    "order.customer.new_customer": [true, "no order with this e-mail address was paid before"],
    "order.customer.country": ["US", "the checkout form"],
    "order.customer.region": ["", "the shop does not ask for it"],
    "order.customer.state": ["UT", "the checkout form"],
  };
  const lines = [
    ["TENT-RIDGE-2", 212.46, 1, "249.95 for one, less its share of the coupon"],
    ["LAMP-BEAM", 33.95, 1, "39.95 for one, less its share of the coupon"],
    ["LAMP-BEAM", 33.96, 1, "the same again: the odd cent is on this one"],
  ] as const;
  const sources = new Map(Object.entries(said).map(([path, [expected, from]]) => [path, { expected, from }]));
  for (const [index, [sku, amount, quantity, from]] of lines.entries()) {
    const at = `order.products[${index}]`;
    sources.set(`${at}.product_sku`, { expected: sku, from: "the order's lines" });
    sources.set(`${at}.product_amount`, { expected: amount, from });
    sources.set(`${at}.quantity`, { expected: quantity, from: "the order's lines" });
  }
  return sources;
}
