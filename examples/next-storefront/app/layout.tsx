import type { Metadata } from "next";
import Image from "next/image";
import Link from "next/link";
import type { ReactNode } from "react";
import { CartCount } from "../components/cart-count.tsx";

export const metadata: Metadata = {
  title: { template: "%s · Larch & Lantern", default: "Larch & Lantern" },
  icons: "/mark.svg",
};

export default function Layout({ children }: { readonly children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <link rel="stylesheet" href="/shop.css" />
      </head>
      <body>
        <a className="skip" href="#main">
          Skip to the page
        </a>
        <header className="top">
          <Link className="brand" href="/">
            <Image src="/mark.svg" alt="" width={32} height={32} />
            Larch &amp; Lantern
          </Link>
          <nav aria-label="Shop">
            <Link href="/">Gear</Link>
            <Link href="/cart">
              Cart <CartCount />
            </Link>
          </nav>
        </header>
        <main id="main">{children}</main>
        <footer className="bottom">
          <p>An example shop. Nothing is sold here, nothing is charged, and nothing is sent to you.</p>
        </footer>
      </body>
    </html>
  );
}
