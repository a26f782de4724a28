import { html } from "htm/preact";
import type { DeskView, Hour } from "../source.ts";
import { panel, section } from "./panel.ts";
import { plural, strange } from "./words.ts";

/** How the outbox stands at this moment. */
export function Now({ desk: { place, figures, hours } }: { desk: DeskView }) {
  return panel(
    "Now",
    "",
    html`<p class="when">${strange(place)}</p>`,
    html`
      <dl class="figures">${figures.map(
        ({ label, value, note, tone }) => html`
        <div class=${tone}><dt>${label}</dt><dd><strong>${value}</strong> ${strange(note)}</dd></div>`,
      )}
      </dl>`,
    hours.length > 0 && section("The last hours", "", hoursFigure(hours)),
  );
}

const HEIGHT = 120;
const SLOT = 30;
const KINDS = ["accepted", "delivered", "dead"] as const;

const clock = (at: string) => `${String(new Date(at).getHours()).padStart(2, "0")}:00`;

/** A group of bars for each hour. The table beneath has the same numbers. */
function hoursFigure(hours: readonly Hour[]) {
  const most = Math.max(1, ...hours.flatMap((hour) => KINDS.map((kind) => hour[kind])));
  const heightOf = (count: number) => (count === 0 ? 0 : Math.max(2, (count / most) * HEIGHT));
  const bar = (count: number, kind: string, place: number) =>
    html`<rect class=${kind} x=${3 + place * 8} y=${HEIGHT - heightOf(count)} width="7" height=${heightOf(count)} />`;
  return html`
    <figure class="hours">
      <svg viewBox="0 0 ${hours.length * SLOT} ${HEIGHT + 18}" aria-hidden="true">
        ${hours.map(
          (hour, index) => html`
          <g key=${hour.at} transform="translate(${index * SLOT} 0)">
            ${KINDS.map((kind, place) => bar(hour[kind], kind, place))}
            ${index % 2 === 0 && html`<text x="2" y=${HEIGHT + 14}>${clock(hour.at)}</text>`}
          </g>`,
        )}
      </svg>
      <figcaption>${KINDS.map((kind) => html`<span class=${kind}>${kind}</span>`)} <span>at most ${plural(most, "order")} an hour</span></figcaption>
      <details>
        <summary>As a table</summary>
        <table class="fields">
          <thead><tr><th scope="col">hour</th>${KINDS.map((kind) => html`<th scope="col">${kind}</th>`)}</tr></thead>
          <tbody>${hours.map(
            (hour) => html`
            <tr key=${hour.at}><th scope="row">${clock(hour.at)}</th>${KINDS.map((kind) => html`<td>${hour[kind].toLocaleString("en")}</td>`)}</tr>`,
          )}
          </tbody>
        </table>
      </details>
    </figure>`;
}
