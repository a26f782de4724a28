import { type Html, html } from "../html.ts";

/** What every page has around its own. */
export interface Frame {
  readonly title: string;
  readonly itemsInCart: number;
}

export function layout({ title, itemsInCart }: Frame, main: Html): Html {
  return html`<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${title} · Larch &amp; Lantern</title>
  <link rel="icon" href="/mark.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/shop.css">
</head>
<body>
  <a class="skip" href="#main">Skip to the page</a>
  <header class="top">
    <a class="brand" href="/"><img src="/mark.svg" alt="" width="32" height="32">Larch &amp; Lantern</a>
    <nav aria-label="Shop">
      <a href="/">Gear</a>
      <a href="/cart">Cart${itemsInCart > 0 && html` <span class="count">${itemsInCart}<span class="unseen"> items</span></span>`}</a>
    </nav>
  </header>
  <main id="main">${main}</main>
  <footer class="bottom">
    <p>An example shop. Nothing is sold here, nothing is charged, and nothing is sent to you.</p>
  </footer>
</body>
</html>
`;
}
