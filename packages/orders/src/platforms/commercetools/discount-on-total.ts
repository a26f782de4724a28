import { type Decimal, share, sum } from "../../money/decimal.ts";
import type { JsonField } from "../../reading/json-field.ts";
import type { PlatformOrder } from "../../reading/platform-order.ts";
import { centMoney } from "./lines.ts";

/**
 * A discount on the total price takes the same percentage off goods, fees and shipping. The order's own totals say to
 * the cent what is left of the goods; the percentage is what that is compared with, and the fallback without the totals.
 */
export function discountOnTotal(
  order: JsonField,
  goods: Decimal,
  charged: Decimal,
): Pick<PlatformOrder, "discount" | "stated"> {
  const taken = partTaken(order, goods);
  const left = goodsAfterDiscount(order, goods, charged, taken === undefined);
  if (taken === undefined) {
    return left
      ? { stated: { amounts: [left], path: "taxedPrice.totalNet", slack: charged.eq(0) ? 0 : 1 } }
      : {};
  }
  if (!left || left.gt(goods)) return { discount: taken };
  return {
    discount: goods.minus(left),
    stated: { amounts: [goods.minus(taken)], path: "discountOnTotalPrice", slack: 2 },
  };
}

/** What the discount takes off the goods: net and gross amounts know the same percentage of all that was bought. */
function partTaken(order: JsonField, goods: Decimal): Decimal | undefined {
  const amounts = order.at("discountOnTotalPrice");
  for (const [amount, total] of [
    ["discountedNetAmount", "taxedPrice.totalNet"],
    ["discountedAmount", "totalPrice"],
  ] as const) {
    const [taken, left] = [centMoney(amounts.at(amount)), centMoney(order.at(total))];
    if (taken?.gt(0) && left) return share(goods, taken, taken.plus(left));
  }
  return undefined;
}

function goodsAfterDiscount(
  order: JsonField,
  goods: Decimal,
  charged: Decimal,
  undiscounted: boolean,
): Decimal | undefined {
  const net = centMoney(order.at("taxedPrice.totalNet"));
  const shipping = centMoney(order.at("taxedShippingPrice.totalNet")) ?? netShipping(order, undiscounted);
  return net && shipping ? share(net.minus(shipping), goods, goods.plus(charged)) : undefined;
}

/** The sum of the shipping entries, which are before a discount on the total. */
function netShipping(order: JsonField, undiscounted: boolean): Decimal | undefined {
  const infos = [order.at("shippingInfo"), ...order.at("shipping").each("shippingInfo")];
  const nets = infos.filter((info) => !info.missing).map((info) => centMoney(info.at("taxedPrice.totalNet")));
  const known = nets.every((net) => net !== undefined) ? sum(nets) : undefined;
  return undiscounted || known?.eq(0) ? known : undefined;
}
