import { type Html, html } from "../html.ts";
import { layout } from "./layout.ts";

/** A page that says one thing and shows the way back. */
export function messagePage(title: string, text: string): Html {
  return layout(
    { title, itemsInCart: 0 },
    html`<div class="message"><h1>${title}</h1><p>${text}</p><p><a class="button" href="/">Back to the gear</a></p></div>`,
  );
}
