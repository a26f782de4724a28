import type { CorrectedJob, DeadLetter, Order, Outbox, TrackingContext } from "@avantlink-s2s/core";
import { CommandError, EXIT } from "../exit-codes.ts";
import { fieldsOf } from "../files/read-file.ts";

const PAGE = 100;
const MIN_KEY_LENGTH = 6;

/**
 * Every dead letter once, a page at a time, newest first. Where one dies or is retried meanwhile, others change their
 * places, so the list is read until it has nothing new.
 */
export async function* letters(outbox: Outbox): AsyncGenerator<DeadLetter> {
  const seen = new Set<string>();
  for (let before = -1; before < seen.size; ) {
    before = seen.size;
    for (let offset = 0, isLast = false; !isLast; offset += PAGE) {
      const page = await outbox.dead.list({ limit: PAGE, offset });
      isLast = page.length < PAGE;
      for (const letter of page.filter(({ key }) => !seen.has(key))) {
        seen.add(letter.key);
        yield letter;
      }
    }
  }
}

/** The one letter that an ID stands for: its order number, or the beginning of its key. */
export async function findLetter(outbox: Outbox, id: string): Promise<DeadLetter> {
  const found: DeadLetter[] = [];
  for await (const letter of letters(outbox)) {
    const byKey = id.length >= MIN_KEY_LENGTH && letter.key.startsWith(id.toLowerCase());
    if (byKey || letter.orderNumber === id) found.push(letter);
  }
  const [letter, another] = found;
  if (another) {
    throw new CommandError(
      EXIT.usage,
      "More than one dead letter has this order number or key.",
      `Use a key: ${found.map(({ key }) => key).join(", ")}.`,
    );
  }
  if (letter) return letter;
  throw new CommandError(
    EXIT.wrong,
    "There is no such dead letter.",
    "Use an order number or the beginning of a key, as `avantlink-s2s outbox list --dead` shows them.",
  );
}

/** The fields at fault, where the order could not be mapped. */
export function issuesOf(letter: DeadLetter): readonly { readonly path: string; readonly message: string }[] {
  const { issues } = bodyOf(letter);
  return (Array.isArray(issues) ? issues : []).map((issue) => {
    const { path, message } = fieldsOf(issue);
    return { path: String(path), message: String(message) };
  });
}

/** A letter's order as it was given, or as near as what was kept comes to it; to be corrected and sent. */
export function orderIn(letter: DeadLetter): Order {
  const { order } = bodyOf(letter);
  const fields = fieldsOf(order);
  if (letter.kind === "rejected") return fields as unknown as Order;
  const customer = fieldsOf(fields.customer);
  const products = Array.isArray(fields.products) ? fields.products.map(fieldsOf) : [];
  const read = {
    orderNumber: fields.order_number,
    currency: fields.currency,
    subtotal: fields.order_amount_subtotal,
    couponCodes: fields.coupon_codes,
    customer: {
      newCustomer: customer.new_customer,
      country: customer.country,
      region: customer.region,
      state: customer.state,
    },
    products: products.map((line) => ({
      sku: line.product_sku,
      unitPrice: line.product_amount,
      quantity: line.quantity,
    })),
  };
  return read as unknown as Order;
}

/** The shopper's context that was kept with a letter. */
export function contextIn(letter: DeadLetter): TrackingContext {
  const body = bodyOf(letter);
  const click = letter.kind === "order" ? body : fieldsOf(body.context);
  const ids = fieldsOf(click.tracking_ids);
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);
  const list = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
  return {
    currentUrl: text(click.current_url),
    referrerUrl: text(click.referrer_url),
    userAgent: text(click.user_agent),
    ipAddress: text(click.user_ip_address),
    avad: text(ids.avantlink_avad),
    visitorIds: list(ids.visitor_id),
    userIds: list(ids.user_id),
    googleClickId: text(click.google_click_id),
    customTrackingCode: text(click.custom_tracking_code),
  };
}

function bodyOf({ body }: DeadLetter): Readonly<Record<string, unknown>> {
  try {
    return fieldsOf(JSON.parse(body));
  } catch {
    return {};
  }
}

// Another process may retry or remove a dead letter after this one has listed it.

/** Makes a dead letter wait for delivery again, with the corrected content if there is one. Throws if it is gone. */
export async function retryLetter(
  outbox: Outbox,
  { key }: DeadLetter,
  corrected?: CorrectedJob,
): Promise<void> {
  if (!(await outbox.dead.retry(key, corrected))) throw gone("retried");
}

/** Erases a dead letter. Throws if it is gone. */
export async function removeLetter(outbox: Outbox, { key }: DeadLetter): Promise<void> {
  if (!(await outbox.dead.remove(key))) throw gone("removed");
}

function gone(done: string): CommandError {
  return new CommandError(
    EXIT.wrong,
    "This dead letter is gone.",
    `Nothing was ${done}. Another process has retried or removed the letter; \`avantlink-s2s outbox find ORDER\` shows what became of the order.`,
  );
}
