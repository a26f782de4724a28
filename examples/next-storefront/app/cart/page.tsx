import type { Metadata } from "next";
import Image from "next/image";
import Link from "next/link";
import { formatPrice } from "storefront/money.ts";
import { type CartLine, cartLines, MAX_QUANTITY, totalsOf } from "storefront/pricing.ts";
import { currentCart } from "../../lib/visitor.ts";
import { applyCoupon, setQuantity } from "./actions.ts";

export const metadata: Metadata = { title: "Your cart" };

interface Props {
  readonly searchParams: Promise<{ unknown?: string | string[] }>;
}

export default async function CartPage({ searchParams }: Props) {
  const cart = await currentCart();
  const { unknown } = await searchParams;
  const lines = cartLines(cart);
  if (lines.length === 0) {
    return (
      <div className="message">
        <h1>Your cart is empty</h1>
        <p>Light to carry, but short of a mug.</p>
        <p>
          <Link className="button" href="/">
            Look at the gear
          </Link>
        </p>
      </div>
    );
  }
  const { discount, subtotal } = totalsOf(cart);
  return (
    <>
      <h1>Your cart</h1>
      <div className="columns">
        <ul className="lines">
          {lines.map((line) => (
            <Line key={line.product.sku} {...line} />
          ))}
        </ul>
        <section className="panel" aria-label="Sum">
          <CouponForm coupon={cart.coupon} unknown={[unknown].flat()[0]} />
          <dl className="totals">
            {discount > 0 && (
              <div className="discount">
                <dt>Coupon {cart.coupon}</dt>
                <dd>{formatPrice(-discount)}</dd>
              </div>
            )}
            <div className="total">
              <dt>Subtotal</dt>
              <dd>{formatPrice(subtotal)}</dd>
            </div>
          </dl>
          <p className="quiet">Shipping and tax come on top, at checkout.</p>
          <p>
            <Link className="button wide" href="/checkout">
              Check out
            </Link>
          </p>
        </section>
      </div>
    </>
  );
}

function Line({ product: { sku, slug, name, price }, quantity }: CartLine) {
  return (
    <li className="line">
      <Image src={`/products/${slug}.svg`} alt="" width={96} height={72} />
      <div>
        <h2>
          <Link href={`/products/${slug}`}>{name}</Link>
        </h2>
        <p className="quiet">{formatPrice(price)} each</p>
      </div>
      <form action={setQuantity} className="quantity">
        <input type="hidden" name="sku" value={sku} />
        <label className="unseen" htmlFor={`quantity-${sku}`}>
          How many of {name}
        </label>
        <input
          key={quantity}
          id={`quantity-${sku}`}
          name="quantity"
          type="number"
          inputMode="numeric"
          min={0}
          max={MAX_QUANTITY}
          defaultValue={quantity}
          required
        />
        <button type="submit" className="plain">
          Update<span className="unseen"> {name}</span>
        </button>
        <button type="submit" className="plain" name="quantity" value="0" formNoValidate>
          Remove<span className="unseen"> {name}</span>
        </button>
      </form>
      <p className="price">{formatPrice(price * quantity)}</p>
    </li>
  );
}

interface CouponProps {
  readonly coupon: string | undefined;
  readonly unknown: string | undefined;
}

function CouponForm({ coupon, unknown }: CouponProps) {
  const wrong = unknown !== undefined;
  return (
    <form name="coupon" action={applyCoupon} className="coupon">
      <label htmlFor="code">Coupon code</label>
      <div className="pair">
        <input
          key={unknown ?? coupon}
          id="code"
          name="code"
          defaultValue={unknown ?? coupon}
          maxLength={40}
          autoComplete="off"
          spellCheck={false}
          aria-invalid={wrong || undefined}
          aria-describedby={wrong ? "code-error" : undefined}
        />
        <button type="submit" className="plain">
          Apply
        </button>
      </div>
      {wrong ? (
        <p className="error" id="code-error">
          We do not know this code.
        </p>
      ) : (
        <p className="quiet">
          {coupon === undefined
            ? "Try TRAIL15: 15 % off the whole order."
            : "Applied to the whole order. Empty it to take it off."}
        </p>
      )}
    </form>
  );
}
