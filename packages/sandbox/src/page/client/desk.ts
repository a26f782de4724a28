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
    hours.length > 0 &&
      section("The last hours", "orders by the hour in which the shop accepted them", hoursFigure(hours)),
  );
}

const HEIGHT = 120;
const SLOT = 40;
const KINDS = ["delivered", "waiting", "dead"] as const;

const clock = (at: string) => `${String(new Date(at).getHours()).padStart(2, "0")}:00`;
const sum = (hour: Hour) => hour.delivered + hour.waiting + hour.dead;

/** A bar for each hour, of what became of its orders. The table beneath has the same numbers. */
function hoursFigure(hours: readonly Hour[]) {
  const most = Math.max(1, ...hours.map(sum));
  const bars = (hour: Hour) => {
    let top = HEIGHT;
    return KINDS.map((kind) => {
      const height = hour[kind] === 0 ? 0 : Math.max(2, (hour[kind] / most) * HEIGHT);
      top -= height;
      return html`<rect class=${kind} x="4" y=${top} width=${SLOT - 8} height=${height} />`;
    });
  };
  return html`
    <figure class="hours">
      <svg viewBox="0 -8 ${hours.length * SLOT} ${HEIGHT + 26}" aria-hidden="true">
        ${hours.map(
          (hour, index) => html`
            <g transform="translate(${index * SLOT} 0)">${bars(hour)}<text x=${SLOT / 2} y=${HEIGHT + 14}>${clock(hour.at)}</text></g>`,
        )}
      </svg>
      <figcaption>${KINDS.map((kind) => html`<span class=${kind}>${kind}</span>`)} <span>at most ${plural(most, "order")} an hour</span></figcaption>
      <details>
        <summary>As a table</summary>
        <table class="fields">
          <thead><tr><th scope="col">Accepted at</th>${KINDS.map((kind) => html`<th scope="col">${kind}</th>`)}</tr></thead>
          <tbody>${hours.map(
            (hour) => html`
              <tr><th scope="row">${clock(hour.at)}</th>${KINDS.map((kind) => html`<td>${hour[kind].toLocaleString("en")}</td>`)}</tr>`,
          )}</tbody>
        </table>
      </details>
    </figure>`;
}
