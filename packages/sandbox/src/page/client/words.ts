import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useState } from "preact/hooks";
import type { Mark, Title } from "../source.ts";

/** What was last said to those who listen to the page. */
export const aloud = signal("");

export function say(text: string): void {
  aloud.value = text;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
}

/** Characters that are not seen, or that turn the direction of what follows. */
const UNSEEN =
  /([\p{Cc}\p{Cf}\p{Zl}\p{Zp}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff])/u;

/** Text with its unseen characters shown as escapes. Line breaks and tabs stay. */
export function reveal(text: string) {
  return text.split(UNSEEN).map((part, index) => {
    if (index % 2 === 0 || part === "\n" || part === "\t") return part;
    const code = part.charCodeAt(0).toString(16).padStart(4, "0");
    return html`<span class="escape" title="A character that is not seen">\\u${code}</span>`;
  });
}

/** A stranger's text, apart from the text around it. */
export const strange = (text: string) => html`<bdi>${reveal(text)}</bdi>`;

export function titleText({ word, name, amount }: Title) {
  return [word, name !== undefined && [" ", strange(name)], amount !== undefined && [" · ", strange(amount)]];
}

const HALF_A_DAY_MS = 43_200_000;

/** A recent time as a clock shows it; an older one with its date. */
export function clock(at: string) {
  const time = new Date(at);
  const isRecent = Date.now() - time.getTime() < HALF_A_DAY_MS;
  const shown = isRecent ? time.toLocaleTimeString() : time.toLocaleString();
  return html`<time datetime=${at} title=${at}>${shown}</time>`;
}

export const badge = ({ severity, text }: Mark) => html`<span class="badge ${severity}">${text}</span>`;

/** A button that copies a text. */
export function Copy({ label, text }: { label: string; text: string }) {
  const [shown, setShown] = useState(label);
  async function copy() {
    try {
      await navigator.clipboard.writeText(text);
      setShown("Copied");
      say("Copied.");
    } catch {
      setShown("The browser does not allow it");
    }
    setTimeout(() => setShown(label), 1500);
  }
  return html`<button type="button" class="quiet" onClick=${copy}>${shown}</button>`;
}
