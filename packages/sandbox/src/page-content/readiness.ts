import { listAt, textAt, textsAt, valueAt } from "../checks/body-values.ts";
import { visitorsIn } from "../checks/tracking-ids.ts";
import type { Ledger } from "../ledger.ts";
import type { Step } from "../page/source.ts";
import type { OrderRecord } from "../records.ts";
import { findingsOf } from "./listing.ts";

/** What the sandbox has seen of all that a shop should try before it goes live. */
export function readiness(ledger: Ledger): Step[] {
  const { clicks, orders } = ledger;
  const click = clicks.findLast(({ body }) => textAt(body, "tracking_ids", "avantlink_avad").trim() !== "");
  const coupon = orders.findLast(({ body }) => textsAt(body, "order", "coupon_codes").length > 0);
  const several = orders.findLast(({ body }) => listAt(body, "order", "products").some(isSeveral));
  const returning = orders.findLast(
    ({ body }) => valueAt(body, "order", "customer", "new_customer") === false,
  );
  const price = "Buy two of one thing: product_amount stays the price of one.";
  const guest = "Buy something without an account: user_id is [], and visitor_id is not.";
  const again = "Buy again with an account that has bought before: new_customer is false.";
  return [
    step("click", "A click", click, "Open the shop with ?avad=test_1 at the end of its address."),
    sameVisitor(ledger),
    step("coupon", "A coupon", coupon, "Buy something with a coupon code."),
    step("quantity", "A quantity above one", several, price),
    refresh(ledger),
    step("guest", "A guest", orders.findLast(isGuest), guest),
    step("returning", "A returning customer", returning, again),
    clean(ledger),
  ];
}

type Seen = { readonly id: string; readonly request: string };

function step(id: string, label: string, seen: Seen | undefined, how: string): Step {
  return seen === undefined
    ? { id, label, state: "open", hint: how }
    : { id, label, state: "done", hint: "", shownBy: { id: seen.id, request: seen.request } };
}

function wrong(id: string, label: string, seen: Seen, hint: string): Step {
  return { id, label, state: "wrong", hint, shownBy: { id: seen.id, request: seen.request } };
}

/** An order that names no visitor is a mistake in the shop, and no order is yet missing. */
function sameVisitor(ledger: Ledger): Step {
  const { requests, orders } = ledger;
  const label = "An order with the same visitor";
  const newest = requests.findLast(
    ({ endpoint, record, findings }) => endpoint === "order" && (record ?? findings) !== undefined,
  );
  const order = ledger.record(newest?.record);
  if (newest && findingsOf(newest, order).some(({ path }) => path === "tracking_ids.visitor_id")) {
    const hint = "The newest order does not carry the click's visitor ID; it says what to do.";
    return wrong("visitor", label, { id: order?.id ?? newest.id, request: newest.id }, hint);
  }
  const shared = orders.findLast((order) => sharesVisitor(ledger, order));
  const how = "Buy something in the same browser: the order must carry the click's visitor ID.";
  return step("visitor", label, shared, how);
}

function sharesVisitor(ledger: Ledger, order: OrderRecord): boolean {
  const visitors = visitorsIn(ledger.record(order.click)?.body);
  return visitorsIn(order.body).some((visitor) => visitors.includes(visitor));
}

const isSeveral = (product: unknown) => Number(valueAt(product, "quantity")) > 1;

function isGuest({ body }: OrderRecord): boolean {
  return textsAt(body, "tracking_ids", "user_id").length === 0 && visitorsIn(body).length > 0;
}

/** A refresh that sends nothing leaves no trace here; only its opposite does. */
function refresh({ orders }: Ledger): Step {
  const label = "A refresh that sent nothing";
  const answered = new Set<string>();
  let resent: OrderRecord | undefined;
  for (const order of orders) {
    const first = order.repeatOf ?? order.id;
    if (answered.has(first)) resent = order;
    if (order.answered) answered.add(first);
  }
  const twice = "The same order was answered with success before, so it was sent twice.";
  if (resent !== undefined) return wrong("refresh", label, resent, twice);
  const hint =
    "Reload the thank-you page of an order. The sandbox cannot see a reload that sends nothing, so try it and look here.";
  return { id: "refresh", label, state: "by-hand", hint };
}

function clean({ orders, clicks, requests }: Ledger): Step {
  const label = "Nothing wrong with the newest order and click";
  const call = requests.findLast(({ endpoint }) => endpoint !== "event");
  if (call?.refused !== undefined)
    return wrong("clean", label, { id: call.id, request: call.id }, "The newest call was refused.");
  const newest = [orders.at(-1), clicks.at(-1)].filter((record) => record !== undefined);
  const faulty = newest.find(({ findings }) => findings.some(({ severity }) => severity !== "info"));
  if (faulty !== undefined) return wrong("clean", label, faulty, "There is an error or a warning.");
  if (newest.length < 2) return { id: "clean", label, state: "open", hint: "It takes an order and a click." };
  return { id: "clean", label, state: "done", hint: "Neither has an error or a warning." };
}
