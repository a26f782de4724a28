import type { MapperResult } from "@avantlink-s2s/core";
import { currencyCode } from "@avantlink-s2s/core/money";
import { type Decimal, ZERO } from "./money/decimal.ts";
import type { SoldLine, StatedTotal } from "./money/order-money.ts";
import { stripeAmount } from "./platforms/stripe/minor-units.ts";
import { countryAndState } from "./reading/address.ts";
import type { Findings } from "./reading/findings.ts";
import type { JsonField } from "./reading/json-field.ts";
import { type MapOptions, mapOrder, type Platform } from "./reading/map-order.ts";
import { packedContext } from "./reading/packed-context.ts";

export type { MapperResult } from "@avantlink-s2s/core";
export type { MapOptions } from "./reading/map-order.ts";

const EXPAND =
  'retrieve the session with expand: ["line_items.data.price.product", "discounts.promotion_code"] and map that';

/**
 * Maps a Stripe Checkout Session. A webhook's session has no lines: retrieve it with its expansions first.
 *
 * - Number: `metadata.order_number`, else `client_reference_id`, else `id`. Many shops keep the customer's ID in
 *   `client_reference_id`, and then a second order would count as a repeat of the first: hence the finding, which
 *   `metadata.order_number` or the option `orderNumber` settles.
 * - Money: `amount_total − amount_tax` of each line, in Stripe's own minor units. `amount_subtotal`, which is before
 *   discounts, is never read.
 * - Coupons: the codes of `discounts[].promotion_code`. A coupon that the shop applied itself has no code.
 * - SKU: `price.product.metadata.sku`, else `price.lookup_key`, else `price.id`.
 * - Context: what `packContext` wrote into the session's `metadata`.
 *
 * @example
 * ```ts
 * app.post("/webhooks/stripe", express.raw({ type: "application/json" }), async (req, res) => {
 *   const event = stripe.webhooks.constructEvent(req.body, req.headers["stripe-signature"], secret);
 *   if (!event.type.startsWith("checkout.session.")) return res.sendStatus(200);
 *   const session = await stripe.checkout.sessions.retrieve(event.data.object.id, {
 *     expand: ["line_items.data.price.product", "discounts.promotion_code"],
 *   });
 *   const newCustomer = await isFirstOrder(session.customer);
 *   const mapped = stripeOrder(session, { newCustomer });
 *   const receipt = await trackOrder(tracker, mapped, undefined, { waitForDeliveryMs: 5000 });
 *   const waiting = receipt.status === "accepted" || (receipt.status === "duplicate" && receipt.state === "pending");
 *   res.sendStatus(waiting && !durableOutbox ? 503 : 200); // in memory, only Stripe's retry outlives a crash
 * });
 * ```
 */
export function stripeOrder(session: unknown, options: MapOptions = {}): MapperResult {
  return mapOrder(session, options, stripe);
}

const stripe: Platform<MapOptions> = {
  open: (document) => {
    const subject = document.at("data.object");
    return subject.missing ? document : subject;
  },

  number: (session, findings) => {
    const own = session.at("metadata.order_number").text();
    if (own !== undefined) return own;
    const reference = session.at("client_reference_id");
    if (reference.text() === undefined) return session.at("id").text();
    const message =
      "is taken for the order number. If it names the customer or the cart, two orders count as one: " +
      "put the order's number into metadata.order_number";
    findings.add("mapper.incomplete", reference.path, message);
    return reference.text();
  },

  unsent: (session, findings, { allowTest }) => {
    if (session.at("livemode").flag() === false && !allowTest) {
      return {
        status: "test",
        path: session.at("livemode").path,
        message: "is false: this is Stripe's test mode",
      };
    }
    if (session.at("mode").word() === "setup") {
      return { status: "unpaid", path: session.at("mode").path, message: "is setup: nothing was bought" };
    }
    const [status, payment] = [session.at("status"), session.at("payment_status")];
    if (!status.missing && status.word() !== "complete") {
      return { status: "unpaid", path: status.path, message: "is not complete" };
    }
    if (payment.missing) findings.issue(payment.path, "is missing; a Checkout Session is expected");
    else if (!["paid", "no_payment_required"].includes(payment.word() ?? "")) {
      return { status: "unpaid", path: payment.path, message: "is neither paid nor no_payment_required" };
    }
    return undefined;
  },

  read: (session, findings) => {
    const currency = session.at("currency");
    const code = currencyCode(currency.value) ?? "";
    const lines = lineItems(session, findings);
    sayUnexpandedProducts(lines, findings);
    return {
      currency,
      lines: lines.map((line) => soldLine(line, code, findings)),
      stated: statedTotal(session, code),
      couponCodes: promotionCodes(session, findings),
      ...countryAndState(
        [
          session.at("customer_details.address"),
          session.at("collected_information.shipping_details.address", "shipping_details.address"),
        ],
        ["country"],
        ["state"],
      ),
      customerId: session.at("customer.id", "customer").text(),
      context: packedContext(session.at("metadata")),
    };
  },
};

function lineItems(session: JsonField, findings: Findings): readonly JsonField[] {
  const items = session.at("line_items");
  const lines = items.list();
  if (!lines) findings.issue(items.path, `is not there: ${EXPAND}`);
  if (items.at("has_more").flag()) {
    findings.issue(
      `${items.path}.has_more`,
      "is true: lines are missing; list all line items and give them all as line_items",
    );
  }
  return lines ?? [];
}

function soldLine(line: JsonField, currency: string, findings: Findings): SoldLine {
  const own = line.at("currency");
  if (!own.missing && currencyCode(own.value) !== currency)
    findings.issue(own.path, "is not the session's currency");
  const [amount, tax] = [
    integer(line.at("amount_total"), findings),
    integer(line.at("amount_tax"), findings),
  ];
  const { price, product } = { price: line.at("price"), product: line.at("price.product") };
  return {
    path: line.path,
    sku: product.at("metadata.sku").text() ?? price.at("lookup_key", "id").text(),
    total: stripeAmount(amount.minus(tax), currency),
    // Metered prices have none.
    quantity: line.at("quantity").amount() ?? ZERO.plus(1),
  };
}

function integer(field: JsonField, findings: Findings): Decimal {
  const amount = field.owed();
  if (!amount.round(0).eq(amount)) findings.issue(field.path, "is not a whole number of minor units");
  return amount;
}

function sayUnexpandedProducts(lines: readonly JsonField[], findings: Findings): void {
  const unknown = lines.find(
    (line) => typeof line.at("price.product").value === "string" && line.at("price.lookup_key").missing,
  );
  if (!unknown) return;
  const { path } = unknown.at("price.product");
  findings.add("mapper.incomplete", path, `is not expanded, so its metadata.sku cannot be read: ${EXPAND}`);
}

/** What the session says the goods cost: its total less tax and less shipping before tax. */
function statedTotal(session: JsonField, currency: string): StatedTotal | undefined {
  const total = session.at("amount_total").amount();
  const tax = session.at("total_details.amount_tax").amount();
  const shipping = session.at("shipping_cost");
  const unexplained =
    shipping.missing && !(session.at("total_details.amount_shipping").amount() ?? ZERO).eq(0);
  if (!total || !tax || unexplained) return undefined;
  const shippingNet = (shipping.at("amount_total").amount() ?? ZERO).minus(
    shipping.at("amount_tax").amount() ?? ZERO,
  );
  return {
    amounts: [stripeAmount(total.minus(tax).minus(shippingNet), currency)],
    path: session.at("amount_total").path,
  };
}

function promotionCodes(session: JsonField, findings: Findings): readonly (string | undefined)[] {
  const discounts = session.at("discounts", "total_details.breakdown.discounts");
  const applied = discounts.list();
  const discounted = session.at("total_details.amount_discount").amount()?.gt(0) ?? false;
  const unread = applied?.find((entry) => typeof promotionCode(entry).value === "string");
  if (unread || (!applied && discounted)) {
    const { path } = unread ? promotionCode(unread) : discounts;
    findings.add("mapper.incomplete", path, `is not expanded, so its coupon code cannot be read: ${EXPAND}`);
  }
  return applied?.map((entry) => promotionCode(entry).at("code").text()) ?? [];
}

function promotionCode(entry: JsonField): JsonField {
  return entry.at("promotion_code", "discount.promotion_code");
}
