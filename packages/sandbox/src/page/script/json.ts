/** Shows a body: exactly as it was sent, or laid out with not a digit changed. */
export const json = /* js */ String.raw`
import { copyButton, element, reveal } from "./dom.js";

/** So much of a body is shown before the reader asks for more. */
const shown = 20000;
/** A longer body is not laid out. */
const laidOut = 100000;
/** A longer text within a laid-out body is cut. */
const longText = 2000;

/**
 * The body with a choice of two views.
 * @param {string} raw
 */
export function bodyView(raw) {
  if (raw === "") return element("p", { class: "hint" }, "It had no body, or none was read.");
  const box = element("div", { class: "code" });
  const pre = element("pre", { tabindex: "0", "aria-label": "The body" });
  const bar = element("p", { class: "code-bar" });
  const asSent = element("button", { type: "button", class: "quiet" }, "As sent");
  const neat = element("button", { type: "button", class: "quiet" }, "Laid out");
  const show = (/** @type {boolean} */ isNeat) => {
    asSent.setAttribute("aria-pressed", String(!isNeat));
    neat.setAttribute("aria-pressed", String(isNeat));
    pre.replaceChildren(...(isNeat ? layOut(raw) : exact(raw, pre)));
  };
  asSent.addEventListener("click", () => show(false));
  neat.addEventListener("click", () => show(true));
  if (isJson(raw)) bar.append(neat, asSent);
  bar.append(copyButton("Copy JSON", raw));
  box.append(bar, pre);
  show(isJson(raw));
  return box;
}

/**
 * Text as it is, and a button for the rest of it when it is long.
 * @param {string} text
 * @param {HTMLElement} pre
 * @returns {(string | Node)[]}
 */
export function exact(text, pre) {
  if (text.length <= shown) return reveal(text);
  const more = element(
    "button",
    { type: "button", click: () => pre.replaceChildren(...reveal(text)) },
    "Show all " + text.length.toLocaleString() + " characters",
  );
  return [...reveal(text.slice(0, shown)), "…\n", more];
}

/** @param {string} raw */
function isJson(raw) {
  if (raw.length > laidOut) return false;
  try {
    JSON.parse(raw);
    return true;
  } catch {
    return false;
  }
}

const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/**
 * The same tokens with other blanks between them: a number keeps its digits, which parsing would not let it.
 * @param {string} raw
 * @returns {Node[]}
 */
function layOut(raw) {
  const parts = [...raw.matchAll(tokens)].map(([token]) => token);
  /** @type {Node[]} */
  const out = [];
  let depth = 0;
  const text = (/** @type {string} */ value) => out.push(document.createTextNode(value));
  const newLine = () => text("\n" + "  ".repeat(Math.min(depth, 40)));
  parts.forEach((token, index) => {
    const next = parts[index + 1];
    if (token === "{" || token === "[") {
      text(token);
      if (next === "}" || next === "]") return;
      depth += 1;
      newLine();
    } else if (token === "}" || token === "]") {
      const before = parts[index - 1];
      if (before !== "{" && before !== "[") {
        depth -= 1;
        newLine();
      }
      text(token);
    } else if (token === ",") {
      text(token);
      newLine();
    } else if (token === ":") {
      text(": ");
    } else {
      const kind = !token.startsWith('"') ? "literal" : next === ":" ? "key" : "string";
      const cut = token.length > longText ? token.slice(0, longText) + "… (" + token.length.toLocaleString() + " characters)" : token;
      out.push(element("span", { class: kind }, ...reveal(cut)));
    }
  });
  return out;
}
`;
