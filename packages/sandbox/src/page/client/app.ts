import { html } from "htm/preact";
import { useEffect } from "preact/hooks";
import type { SandboxView, View } from "../source.ts";
import { address, linkTo, PANELS } from "./address.ts";
import { Now } from "./desk.ts";
import { Item } from "./detail.ts";
import { Faults, faultsOn } from "./faults.ts";
import { Help, showHelp } from "./keys.ts";
import { List } from "./list.ts";
import { Ready, readyTally } from "./ready.ts";
import { change, connection, detail, trouble, view } from "./server.ts";
import { aloud, plural, strange } from "./words.ts";

const CONNECTIONS = {
  connecting: "Connecting…",
  live: "Live",
  gone: "Disconnected. The server has stopped or is restarting.",
} as const;

export function App() {
  const shown = view.value?.shown;
  const { route } = address.value;
  const name = shown?.name ?? "AvantLink";
  const orders = shown?.sandbox?.counts.orders ?? 0;
  useEffect(() => {
    document.title = `${orders > 0 ? `(${orders}) ` : ""}${name}`;
  }, [name, orders]);
  // Alone on a phone, or as a panel, the side is a page of its own: the reader begins at its heading.
  useEffect(() => {
    const isBesideList = document.getElementById("rows")?.offsetParent !== null && !PANELS.includes(route);
    document.getElementById("side")?.scrollTo(0, 0);
    if (route === "list" || isBesideList) return;
    scrollTo(0, 0);
    document.getElementById("detail-title")?.focus({ preventScroll: true });
  }, [route, detail.value?.id]);
  return html`
    <div class="app" data-view=${route === "list" ? "list" : "side"}>
      <a class="skip" href="#side">Skip the list</a>
      <header class="top">
        <h1><img src="icon.svg" alt="" width="24" height="24" /> ${name}</h1>
        <p class="status ${connection.value}" role="status">${CONNECTIONS[connection.value]}</p>
        ${shown && html`<${Nav} shown=${shown} />`}
        <${Banner} sandbox=${shown?.sandbox} problems=${[trouble.value, ...(shown?.desk?.problems ?? [])]} />
      </header>
      <main class="panes">
        ${shown && html`<${List} shown=${shown} />`}
        <section class="side" id="side" tabindex="0" aria-label="Details">
          ${shown && html`<${Side} shown=${shown} />`}
        </section>
      </main>
      <p class="unseen" role="status">${aloud}</p>
      <${Help} />
    </div>`;
}

function Nav({ shown: { item, sandbox } }: { shown: View }) {
  const { route } = address.value;
  const list = ["list", `${item.charAt(0).toUpperCase()}${item.slice(1)}s`, ""];
  const panels = sandbox
    ? [
        ["ready", "Ready to go live", readyTally(sandbox.steps)],
        ["faults", "Faults", sandbox.faults.length === 0 ? "" : `${sandbox.faults.length} on`],
      ]
    : [["now", "Now", ""]];
  const current = PANELS.includes(route) ? route : "list";
  return html`
    <nav aria-label="Views">
      ${[list, ...panels].map(
        ([name = "", label, tally]) => html`
          <a href=${linkTo({ route: name })} aria-current=${name === current ? "page" : undefined}>
            ${label}${tally && html` <span class="tally ${name}">${tally}</span>`}
          </a>`,
      )}
      <button type="button" class="quiet" aria-label="Keyboard shortcuts" onClick=${showHelp}>?</button>
    </nav>`;
}

/** What the reader must know, whatever is open. */
function Banner({ sandbox, problems }: { sandbox?: SandboxView; problems: readonly string[] }) {
  const lines = problems.filter(Boolean).map((problem) => html`<p>${strange(problem)}</p>`);
  if (sandbox !== undefined) {
    const { faults, counts, undo } = sandbox;
    const button = (label: string, method: "POST" | "DELETE", path: string) =>
      html`<button type="button" onClick=${() => change(method, path)}>${label}</button>`;
    if (faults.length > 0)
      lines.push(
        html`<p>${plural(faults.length, "fault")} on: ${strange(faultsOn(faults))}. ${button("Lift all", "DELETE", "api/faults")}</p>`,
      );
    if (counts.dropped > 0)
      lines.push(html`<p>The oldest ${plural(counts.dropped, "request")} made room and cannot be shown.</p>`);
    if (undo > 0)
      lines.push(
        html`<p>You started over. ${button(`Undo: bring ${plural(undo, "request")} back`, "POST", "api/undo")}</p>`,
      );
  }
  return lines.length > 0 && html`<div class="banner" role="status">${lines}</div>`;
}

function Side({ shown: { sandbox, desk } }: { shown: View }) {
  const { route } = address.value;
  if (!PANELS.includes(route)) return html`<${Item} />`;
  if (desk !== undefined) return html`<${Now} desk=${desk} />`;
  return route === "faults"
    ? html`<${Faults} active=${sandbox?.faults} />`
    : html`<${Ready} sandbox=${sandbox} />`;
}
