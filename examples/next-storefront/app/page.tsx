import type { Metadata } from "next";
import Image from "next/image";
import Link from "next/link";
import { catalog, type Product } from "storefront/catalog.ts";
import { formatPrice } from "storefront/money.ts";

export const metadata: Metadata = { title: "Gear for quiet places" };

export default function Catalogue() {
  return (
    <>
      <div className="hero">
        <h1>Gear for quiet places</h1>
        <p>Eight things that we take along ourselves, and mend when they break.</p>
      </div>
      <ul className="shelf">
        {catalog.map((product) => (
          <Card key={product.sku} {...product} />
        ))}
      </ul>
    </>
  );
}

function Card({ slug, name, summary, price }: Product) {
  return (
    <li className="item">
      <Image src={`/products/${slug}.svg`} alt="" width={320} height={240} />
      <h2>
        <Link href={`/products/${slug}`}>{name}</Link>
      </h2>
      <p>{summary}</p>
      <p className="price">{formatPrice(price)}</p>
    </li>
  );
}
