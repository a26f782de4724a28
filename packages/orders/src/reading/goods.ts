import { share, sum } from "../money/decimal.ts";
import type { OrderMoney, SoldLine } from "../money/order-money.ts";
import { answerOf } from "./answer-of.ts";
import type { AnyMapOptions } from "./map-options.ts";
import type { PlatformLine, PlatformOrder } from "./platform-order.ts";

/** The goods among an order's lines, each with its SKU, and what the order's discount and total come to for them. */
export function goodsOf(order: PlatformOrder, options: AnyMapOptions): OrderMoney {
  const isGoods = order.lines.map((line) => !line.notGoods && isGoodsToShop(line, options));
  const goods = order.lines.filter((_line, index) => isGoods[index]);
  const others = sum(order.lines.filter((_line, index) => !isGoods[index]).map((line) => line.total));
  const kept = sum(goods.map((line) => line.total));
  const discount = order.discount && share(order.discount, kept, kept.plus(others));
  const leftOut = others.minus((order.discount && discount && order.discount.minus(discount)) ?? 0);
  const { stated } = order;
  return {
    lines: withSkus(goods, options),
    discount,
    stated: stated && { ...stated, amounts: stated.amounts.map((amount) => amount.minus(leftOut)) },
  };
}

function isGoodsToShop(line: PlatformLine, options: AnyMapOptions): boolean {
  const { isGoods } = options;
  if (!isGoods || line.isFee) return true;
  let fault = "gave neither true nor false";
  try {
    const answer = answerOf(() => isGoods(line.source.value as never));
    if (typeof (answer ?? true) === "boolean") return answer !== false;
  } catch {
    fault = "threw";
  }
  line.source.incomplete(`isGoods ${fault} for this line; the line is sent as goods`);
  return true;
}

function withSkus(lines: readonly PlatformLine[], options: AnyMapOptions): readonly SoldLine[] {
  const blank: PlatformLine[] = [];
  const sold = lines.map((line): SoldLine => {
    const { total, quantity, prices } = line;
    const sku = skuOfShop(line, options) ?? line.sku?.text();
    const id = sku === undefined ? line.variantId?.text() : undefined;
    if (id !== undefined) blank.push(line);
    return { path: line.source.path, total, quantity, prices, sku: sku ?? id };
  });
  const [first] = blank;
  if (first) {
    const hint =
      first.skuHint ?? "AvantLink pays by the SKU of the product datafeed: give sku(line) if you know it";
    const message = `is blank, on ${blank.length} of ${lines.length} lines, so the variant's ID is sent. ${hint}`;
    (first.sku ?? first.source).incomplete(message);
  }
  return sold;
}

function skuOfShop({ source, isFee }: PlatformLine, { sku }: AnyMapOptions) {
  if (!sku || isFee) return undefined;
  let fault = "gave neither text nor a whole number";
  try {
    const given = source.beside(
      answerOf(() => sku(source.value as never)),
      "sku",
    );
    const isBlank = given.missing || (typeof given.value === "string" && given.value.trim() === "");
    if (isBlank || given.text() !== undefined) return given.text();
  } catch {
    fault = "threw";
  }
  source.incomplete(`sku ${fault} for this line; the platform's SKU is sent`);
  return undefined;
}
