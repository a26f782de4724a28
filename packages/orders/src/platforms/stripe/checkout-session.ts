import { currencyCode } from "@avantlink-s2s/core/money";
import { ONE, ZERO } from "../../money/decimal.ts";
import type { StatedTotal } from "../../money/order-money.ts";
import { buyersPlace } from "../../reading/address.ts";
import type { Findings } from "../../reading/findings.ts";
import type { JsonField } from "../../reading/json-field.ts";
import type { OrderShape } from "../../reading/map-order.ts";
import { packedContext } from "../../reading/packed-context.ts";
import { type PlatformLine, testOrder, unpaid } from "../../reading/platform-order.ts";
import { promotionCodes } from "./coupon-codes.ts";
import { majorUnits, neededInteger, netShipping } from "./minor-units.ts";
import type { AnyStripeOptions } from "./options.ts";

const EXPAND =
  'Retrieve the session with expand: ["line_items.data.price.product", "discounts.promotion_code"] and map that';

/** A Checkout Session, also one of a Payment Link. */
export const checkoutSession: OrderShape<AnyStripeOptions> = {
  number: (session, findings) => {
    const own = session.at("metadata.order_number");
    // A Payment Link copies its metadata into each of its sessions: every payment would have the same number.
    if (session.at("payment_link").missing && own.text() !== undefined) return own.text();
    if (own.text() !== undefined) {
      const message =
        "is the Payment Link's and the same for each payment, so it is not used as the order number";
      findings.add("mapper.incomplete", own.path, message);
    }
    const reference = session.at("client_reference_id");
    if (reference.text() === undefined) return session.at("id").text();
    const message =
      "is used as the order number. If it names the customer or the cart, two orders count as one: " +
      "put the order's number into metadata.order_number";
    findings.add("mapper.incomplete", reference.path, message);
    return reference.text();
  },

  unsent: (session, { allowTest }) => {
    const [live, mode, status] = [session.at("livemode"), session.at("mode"), session.at("status")];
    if (live.flag() === false && !allowTest) return testOrder(live, "is false: this is Stripe's test mode");
    if (mode.word() === "setup") return unpaid(mode, "is setup: nothing was bought");
    return status.word() === "expired" ? unpaid(status, "is expired") : undefined;
  },

  payment: (session) => {
    const [status, field] = [session.at("status"), session.at("payment_status")];
    if (!status.missing && status.word() !== "complete") {
      return { field: status, paid: false, expected: "complete" };
    }
    const paid = ["paid", "no_payment_required"].includes(field.word() ?? "");
    return { field, paid: field.missing ? undefined : paid, expected: "paid or no_payment_required" };
  },

  read: (session, findings) => {
    const currency = session.at("currency");
    const code = currencyCode(currency.value) ?? "";
    const items = session.at("line_items");
    const lines = items.neededList(`is missing: ${EXPAND}`);
    if (items.at("has_more").flag()) {
      const message = "is true: lines are missing; list all line items and give them all as line_items";
      findings.issue(`${items.path}.has_more`, message);
    }
    const discounted = session.at("total_details.amount_discount").amount()?.gt(0) ?? false;
    const discounts = session.at("discounts", "total_details.breakdown.discounts");
    return {
      currency,
      lines: lines.map((line) => soldLine(line, code, findings)),
      stated: statedTotal(session, code),
      couponCodes: promotionCodes(discounts, discounted, EXPAND, findings),
      ...buyersPlace(
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

function soldLine(line: JsonField, currency: string, findings: Findings): PlatformLine {
  const own = line.at("currency");
  if (!own.missing && currencyCode(own.value) !== currency) {
    findings.issue(own.path, "is not the session's currency");
  }
  const amount = neededInteger(line.at("amount_total"), findings);
  const tax = neededInteger(line.at("amount_tax"), findings);
  return {
    path: line.path,
    source: line,
    sku: line.textAt("price.product.metadata.sku", "price.metadata.sku", "price.lookup_key"),
    variantId: line.at("price.id"),
    ...(typeof line.at("price.product").value === "string" ? { skuHint: EXPAND } : {}),
    total: majorUnits(amount.minus(tax), currency),
    // Metered prices have no quantity.
    quantity: line.at("quantity").amount() ?? ONE,
  };
}

/** What the session says that the goods cost: its total less tax and less shipping before tax. */
function statedTotal(session: JsonField, currency: string): StatedTotal | undefined {
  const total = session.at("amount_total").amount();
  const tax = session.at("total_details.amount_tax").amount();
  const shipping = session.at("shipping_cost");
  const unexplained =
    shipping.missing && !(session.at("total_details.amount_shipping").amount() ?? ZERO).eq(0);
  if (!total || !tax || unexplained) return undefined;
  return {
    amounts: [majorUnits(total.minus(tax).minus(netShipping(shipping)), currency)],
    path: session.at("amount_total").path,
  };
}
