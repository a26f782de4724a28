import { signal } from "@preact/signals";
import { html } from "htm/preact";
import type { SandboxView, Step } from "../source.ts";
import { linkTo } from "./address.ts";
import { panel } from "./panel.ts";
import { plural, say } from "./words.ts";

/** How many orders there were when a reload began to be watched. */
const watchedFrom = signal<number | undefined>(undefined);
/** How many arrived while the last reload was watched. */
const arrived = signal<number | undefined>(undefined);

const NAMES = { done: "Seen", open: "Not yet", wrong: "Wrong", "by-hand": "Try it" };
const MARKS = { done: "✓", open: "○", wrong: "✗", "by-hand": "?" };

const stateOf = ({ id, state }: Step): Step["state"] =>
  id === "refresh" && state === "by-hand" && arrived.value === 0 ? "done" : state;

export function readyTally(steps: readonly Step[]): string {
  return `${steps.filter((step) => stateOf(step) === "done").length}/${steps.length}`;
}

/** The checklist "ready to go live". */
export function Ready({ sandbox: { steps, counts } }: { sandbox: SandboxView }) {
  const hint = "Walk through your shop once for each line. The sandbox ticks what it sees arrive.";
  return panel(
    "Ready to go live?",
    hint,
    html`
    <ol class="steps">
      ${steps.map((step) => {
        const { id, label, hint, shownBy } = step;
        const state = stateOf(step);
        return html`
          <li key=${id} class="step ${state}">
            <span class="mark" aria-hidden="true">${MARKS[state]}</span>
            <div>
              <strong>${label}</strong> <span class="badge ${state}">${NAMES[state]}</span>
              <p>${hint} ${shownBy && html`<a href=${linkTo({ route: shownBy.request })}>${shownBy.id}</a>`}</p>
              ${id === "refresh" && html`<${ReloadWatch} orders=${counts.orders + counts.dropped} />`}
            </div>
          </li>`;
      })}
    </ol>
    <p class="hint">After going live, paste a real token into AvantLink's Order Inquiries › Tracking Details; it shows within 30 minutes.</p>`,
  );
}

/** The sandbox cannot see a reload that sends nothing; the developer can say when it happened. */
function ReloadWatch({ orders }: { orders: number }) {
  const from = watchedFrom.value;
  const seen = arrived.value;
  const watch = () => {
    watchedFrom.value = orders;
    arrived.value = undefined;
  };
  const end = (before: number) => () => {
    watchedFrom.value = undefined;
    arrived.value = orders - before;
    say(reloadText(orders - before));
  };
  if (from !== undefined)
    return html`<p>Reload the thank-you page now, wait a moment, then: <button type="button" onClick=${end(from)}>I have reloaded it</button></p>`;
  if (seen === undefined) return html`<p><button type="button" onClick=${watch}>Watch a reload</button></p>`;
  const tone = seen === 0 ? "all-good" : "own-finding error";
  return html`<p><span class=${tone}>${reloadText(seen)}</span> <button type="button" onClick=${watch}>Watch another reload</button></p>`;
}

function reloadText(orders: number): string {
  return orders === 0
    ? "You reloaded, and no order arrived: correct."
    : `${plural(orders, "order")} arrived meanwhile.`;
}
