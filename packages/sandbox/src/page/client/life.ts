import { html } from "htm/preact";
import { useState } from "preact/hooks";
import type { LifeDetail } from "../source.ts";
import { BodyView } from "./json.ts";
import { panel, section } from "./panel.ts";
import { ask } from "./server.ts";
import { Copy, clock, strange, titleText } from "./words.ts";

/** The life of an order in an outbox: what became of it, and what can be done. */
export function Life({ life }: { life: LifeDetail }) {
  const { id, title, outcome, facts, attempts, issues, commands, hasBody } = life;
  return panel(
    titleText(title),
    "",
    html`<p class="outcome ${outcome.tone}">${strange(outcome.sentence)}</p>`,
    section(
      "Its life",
      "",
      html`
      <dl class="card">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${strange(value)}</dd>`)}</dl>`,
    ),
    issues.length > 0 &&
      section(
        "What is wrong",
        "",
        html`
      <ul class="findings">${issues.map(
        ({ path, message }) => html`
        <li class="error"><code>${strange(path)}</code><p>${strange(message)}</p></li>`,
      )}
      </ul>`,
      ),
    attempts.length > 0 &&
      section(
        "Last attempts",
        "newest first",
        html`
      <ol class="attempts">${attempts.toReversed().map(({ at, answer }) => html`<li>${clock(at)} ${strange(answer)}</li>`)}</ol>`,
      ),
    commands.length > 0 &&
      section(
        "What you can do",
        "this page only reads: run the command in a terminal",
        html`
      <dl class="commands">${commands.map(
        ({ label, command }) => html`
        <dt>${label}</dt><dd><code>${strange(command)}</code> <${Copy} label="Copy" text=${command} /></dd>`,
      )}
      </dl>`,
      ),
    hasBody && section("Body", "as AvantLink gets it", html`<${Body} id=${id} />`),
  );
}

/** The body holds the shopper's data, so it is fetched only when asked for. */
function Body({ id }: { id: string }) {
  const [raw, setRaw] = useState<string | undefined>(undefined);
  const [problem, setProblem] = useState("");
  const load = () =>
    ask(`api/items/${id}/body`).then(
      (text) => setRaw(JSON.parse(text).body ?? ""),
      (error: Error) => setProblem(error.message),
    );
  if (raw !== undefined) return html`<${BodyView} raw=${raw} />`;
  return html`
    <p><button type="button" onClick=${load}>Show the body</button> <span class="hint">It holds the shopper's address and browser. ${problem}</span></p>`;
}
