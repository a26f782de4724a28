import { html } from "htm/preact";
import type { ComponentChildren } from "preact";
import { useMemo, useState } from "preact/hooks";
import { Copy, reveal } from "./words.ts";

/** So much of a body is shown before the reader asks for more. */
const SHOWN_LENGTH = 20_000;
/** A longer body is not laid out. */
const MAX_LAID_OUT_LENGTH = 100_000;
/** A longer text within a laid-out body is cut. */
const MAX_TEXT_LENGTH = 2_000;

/** A body, laid out or exactly as it was sent. */
export function BodyView({ raw }: { raw: string }) {
  const isJson = useMemo(() => raw.length <= MAX_LAID_OUT_LENGTH && parses(raw), [raw]);
  const [isNeat, setNeat] = useState(true);
  if (raw === "") return html`<p class="hint">It had no body, or none was read.</p>`;
  const view = (label: string, neat: boolean) =>
    html`<button type="button" class="quiet" aria-pressed=${isNeat === neat} onClick=${() => setNeat(neat)}>${label}</button>`;
  return html`
    <div class="code">
      <p class="code-bar">
        ${isJson && [view("Laid out", true), view("As sent", false)]}
        <${Copy} label="Copy JSON" text=${raw} />
      </p>
      <pre role="region" tabindex="0" aria-label="The body">${isJson && isNeat ? layOut(raw) : html`<${Exact} text=${raw} />`}</pre>
    </div>`;
}

/** Text as it is, and a button for the rest of it when it is long. */
export function Exact({ text }: { text: string }) {
  const [isWhole, setWhole] = useState(false);
  if (isWhole || text.length <= SHOWN_LENGTH) return reveal(text);
  const label = `Show all ${text.length.toLocaleString("en")} characters`;
  return [
    ...reveal(text.slice(0, SHOWN_LENGTH)),
    "…\n",
    html`<button type="button" onClick=${() => setWhole(true)}>${label}</button>`,
  ];
}

function parses(raw: string): boolean {
  try {
    JSON.parse(raw);
    return true;
  } catch {
    return false;
  }
}

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** The same tokens with other blanks between them: a number keeps its digits, which parsing would not let it. */
function layOut(raw: string): ComponentChildren[] {
  const tokens = raw.match(TOKENS) ?? [];
  let depth = 0;
  const line = () => `\n${"  ".repeat(Math.min(depth, 40))}`;
  return tokens.map((token, index) => {
    const [before = "", next = ""] = [tokens[index - 1], tokens[index + 1]];
    if (/^[{[]/.test(token)) {
      if (/^[}\]]/.test(next)) return token;
      depth += 1;
      return token + line();
    }
    if (/^[}\]]/.test(token)) {
      if (/^[{[]/.test(before)) return token;
      depth -= 1;
      return line() + token;
    }
    if (token === ",") return token + line();
    if (token === ":") return ": ";
    const kind = !token.startsWith('"') ? "literal" : next === ":" ? "key" : "string";
    const length = token.length.toLocaleString("en");
    const shown =
      token.length > MAX_TEXT_LENGTH ? `${token.slice(0, MAX_TEXT_LENGTH)}… (${length} characters)` : token;
    return html`<span class=${kind}>${reveal(shown)}</span>`;
  });
}
