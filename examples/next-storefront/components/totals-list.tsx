import { decimal, formatPrice } from "storefront/money.ts";
import type { Totals } from "storefront/pricing.ts";

interface Props {
  readonly totals: Totals;
  readonly coupon: string | undefined;
}

/** What is paid for the goods, and the whole sum below it: two amounts that are easily mistaken for each other. */
export function TotalsList({ totals, coupon }: Props) {
  return (
    <dl className="totals">
      {totals.discount > 0 && (
        <>
          <Row name="goods" label="Goods" cents={totals.goods} />
          <Row name="discount" label={`Coupon ${coupon ?? ""}`} cents={-totals.discount} />
        </>
      )}
      <Row name="subtotal" label="Subtotal" cents={totals.subtotal} />
      <Row name="shipping" label="Shipping" cents={totals.shipping} />
      <Row name="tax" label="Sales tax" cents={totals.tax} />
      <Row name="total" label="Total" cents={totals.total} />
    </dl>
  );
}

interface RowProps {
  readonly name: string;
  readonly label: string;
  readonly cents: number;
}

function Row({ name, label, cents }: RowProps) {
  return (
    <div className={name}>
      <dt>{label}</dt>
      <dd>
        <data data-order={name} value={decimal(cents)}>
          {formatPrice(cents)}
        </data>
      </dd>
    </div>
  );
}
