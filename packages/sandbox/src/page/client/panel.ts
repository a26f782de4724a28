import { html } from "htm/preact";
import type { ComponentChildren } from "preact";
import { linkTo } from "./address.ts";

/** What stands beside the list; on a phone a page of its own, with the way back. */
export function panel(title: ComponentChildren, hint: string, ...content: ComponentChildren[]) {
  return html`
    <p class="back"><a href=${linkTo({ route: "list" })}>← Back to the list</a></p>
    <h2 tabindex="-1" id="detail-title">${title}</h2>
    ${hint && html`<p class="hint">${hint}</p>`}
    ${content}`;
}

export function section(title: string, note: string, content: ComponentChildren) {
  return html`<section><h3>${title} ${note && html`<small>${note}</small>`}</h3>${content}</section>`;
}
