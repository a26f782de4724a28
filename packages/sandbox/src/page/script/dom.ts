/** Builds the page's elements; the only place where a stranger's text meets the document, always as text. */
export const dom = /* js */ String.raw`
/** @typedef {Node | string | null | undefined | false} Child */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string | boolean | ((event: Event) => void)>} [attributes]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return made;
}

/**
 * @param {string} id
 * @returns {HTMLElement}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error("The page has no " + id + ".");
  return found;
}

/** Characters that are not seen, or that turn the direction of what follows. */
const unseen = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * A stranger's text, apart from the text around it, with unseen characters shown as escapes.
 * @param {string} text
 */
export function strange(text) {
  return element("bdi", {}, ...reveal(text));
}

/** @param {import("../listing.ts").Title} title */
export function titleParts({ word, name, amount }) {
  return [word, ...(name === undefined ? [] : [" ", strange(name)]), ...(amount === undefined ? [] : [" · ", strange(amount)])];
}

/**
 * @param {string} text
 * @returns {(string | Node)[]}
 */
export function reveal(text) {
  /** @type {(string | Node)[]} */
  const parts = [];
  let last = 0;
  for (const match of text.matchAll(unseen)) {
    parts.push(text.slice(last, match.index));
    const code = match[0].charCodeAt(0).toString(16).padStart(4, "0");
    parts.push(element("span", { class: "escape", title: "A character that is not seen" }, "\\u" + code));
    last = match.index + match[0].length;
  }
  parts.push(text.slice(last));
  return parts;
}

/**
 * @param {string} iso
 * @returns {HTMLTimeElement}
 */
export function clock(iso) {
  return element("time", { datetime: iso, title: iso }, new Date(iso).toLocaleTimeString());
}

/**
 * Says something to those who listen to the page.
 * @param {string} text
 */
export function sayAloud(text) {
  byId("aloud").textContent = text;
}

/**
 * @param {string} label
 * @param {string} text
 */
export function copyButton(label, text) {
  const button = element("button", { type: "button", class: "quiet" }, label);
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
      sayAloud("Copied.");
    } catch {
      button.textContent = "The browser does not allow it";
    }
    setTimeout(() => {
      button.textContent = label;
    }, 1500);
  });
  return button;
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 */
export function plural(count, one, many = one + "s") {
  return count.toLocaleString() + " " + (count === 1 ? one : many);
}
`;
