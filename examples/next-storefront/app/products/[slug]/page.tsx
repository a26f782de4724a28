import type { Metadata } from "next";
import Image from "next/image";
import Link from "next/link";
import { notFound } from "next/navigation";
import { catalog, productBySlug } from "storefront/catalog.ts";
import { decimal, formatPrice } from "storefront/money.ts";
import { MAX_QUANTITY } from "storefront/pricing.ts";
import { addToCart } from "../../cart/actions.ts";

interface Props {
  readonly params: Promise<{ slug: string }>;
}

export const generateStaticParams = () => catalog.map(({ slug }) => ({ slug }));

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  return { title: productBySlug((await params).slug)?.name };
}

export default async function ProductPage({ params }: Props) {
  const product = productBySlug((await params).slug);
  if (!product) notFound();
  const { sku, slug, name, summary, description, price } = product;
  return (
    <>
      <p className="back">
        <Link href="/">← All gear</Link>
      </p>
      <article className="product" itemScope itemType="https://schema.org/Product">
        <Image src={`/products/${slug}.svg`} alt="" width={640} height={480} />
        <div>
          <h1 itemProp="name">{name}</h1>
          <p className="lead">{summary}</p>
          <p className="price" itemProp="offers" itemScope itemType="https://schema.org/Offer">
            <data itemProp="price" value={decimal(price)}>
              {formatPrice(price)}
            </data>
            <meta itemProp="priceCurrency" content="USD" />{" "}
            <span className="quiet">before tax and shipping</span>
          </p>
          <form name="add-to-cart" action={addToCart} className="add">
            <input type="hidden" name="sku" value={sku} />
            <label htmlFor="quantity">Quantity</label>
            <input
              id="quantity"
              name="quantity"
              type="number"
              inputMode="numeric"
              min={1}
              max={MAX_QUANTITY}
              defaultValue={1}
              required
            />
            <button type="submit">Add to cart</button>
          </form>
          <p itemProp="description">{description}</p>
          <p className="quiet">
            Item <span itemProp="sku">{sku}</span>
          </p>
        </div>
      </article>
    </>
  );
}
