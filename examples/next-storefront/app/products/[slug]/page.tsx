import type { Metadata } from "next";
import Image from "next/image";
import Link from "next/link";
import { notFound } from "next/navigation";
import { catalogue, productBySlug } from "../../../lib/catalogue.ts";
import { decimal, shown } from "../../../lib/money.ts";
import { MOST_OF_ONE } from "../../../lib/pricing.ts";
import { addToCart } from "../../cart/actions.ts";

interface Props {
  readonly params: Promise<{ slug: string }>;
}

export const generateStaticParams = () => catalogue.map(({ slug }) => ({ slug }));

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
              {shown(price)}
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
              max={MOST_OF_ONE}
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
