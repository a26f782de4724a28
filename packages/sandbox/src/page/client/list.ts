import { html } from "htm/preact";
import type { Row, View } from "../source.ts";
import { address, linkTo, replaceAddress } from "./address.ts";
import { change, questionAt, view } from "./server.ts";
import { Welcome } from "./welcome.ts";
import { badge, clock, plural, say, titleText } from "./words.ts";

export function List({ shown }: { shown: View }) {
  const { list, item, sandbox } = shown;
  // Rows that answer another question are never shown.
  const isCurrent = view.value?.question === questionAt(address.value);
  const isUnused = sandbox?.counts.requests === 0;
  return html`
    <section class="list" aria-labelledby="list-title">
      <h2 id="list-title" class="unseen">${item}s</h2>
      <${Filters} shown=${shown} />
      <div class="list-head">
        <p id="count">${isCurrent && countText(shown)}</p>
        ${sandbox && html`<${StartOver} />`}
      </div>
      ${isUnused && html`<${Welcome} url=${sandbox.url} />`}
      ${!isUnused && isCurrent && list.total === 0 && html`<${NoHit} item=${item} />`}
      ${list.remark && html`<p class="hint none">${list.remark}</p>`}
      <ol class="rows" id="rows" data-stale=${!isCurrent} onKeyDown=${moveFocus}>
        ${list.rows.map((row) => html`<${RowView} key=${row.id} row=${row} />`)}
      </ol>
      ${(list.skipped > 0 || list.next) && html`<${Pager} skipped=${list.skipped} next=${list.next} />`}
    </section>`;
}

function countText({ list: { total, skipped, rows }, item }: View): string {
  const range = `${(skipped + 1).toLocaleString("en")}–${(skipped + rows.length).toLocaleString("en")} of `;
  return (total > rows.length && rows.length > 0 ? range : "") + plural(total, item);
}

function NoHit({ item }: { item: string }) {
  const { show, search } = address.value;
  const isNarrow = show !== "all" || search !== "";
  const showAll = () => replaceAddress({ show: "all", search: "", page: "" });
  return html`
    <div class="hint none">
      <p>${search === "" ? `No ${item} here.` : `No ${item} shows this text${show === "all" ? "" : " under this filter"}.`}</p>
      ${isNarrow && html`<button type="button" class="quiet" onClick=${showAll}>Show all</button>`}
    </div>`;
}

function Pager({ skipped, next }: { skipped: number; next?: string }) {
  const go =
    (page = "") =>
    () =>
      replaceAddress({ page });
  return html`
    <nav class="pager" aria-label="Pages of the list">
      <button type="button" disabled=${skipped === 0} onClick=${go()}>First page</button>
      <button type="button" disabled=${!next} onClick=${go(next)}>Next page</button>
    </nav>`;
}

function Filters({ shown: { filters, item } }: { shown: View }) {
  const { show, search } = address.value;
  const onInput = ({ currentTarget }: { currentTarget: HTMLInputElement }) =>
    replaceAddress({ search: currentTarget.value, page: "" });
  return html`
    <search class="filters">
      <label class="unseen" for="search">Search the ${item}s</label>
      <input type="search" id="search" placeholder="Search: a number, a token, any text" autocomplete="off" spellcheck=${false} value=${search} onInput=${onInput} />
      <fieldset>
        <legend class="unseen">Show</legend>
        ${filters.map(
          ({ id, label, count }) => html`
            <label>
              <input type="radio" name="show" checked=${id === show} onChange=${() => replaceAddress({ show: id, page: "" })} />
              <span>${label} <small>${count.toLocaleString("en")}</small></span>
            </label>`,
        )}
      </fieldset>
    </search>`;
}

function StartOver() {
  async function startOver() {
    location.hash = "#/";
    await change("DELETE", "api/requests");
    say("Everything is forgotten, and no fault is on. Undo brings it back.");
  }
  const title = "Forgets every request and lifts every fault";
  return html`<button type="button" class="quiet" title=${title} onClick=${startOver}>Start over</button>`;
}

/** A warning takes the place of a green "200". */
function RowView({ row: { id, title, at, note, tone, brief, marks } }: { row: Row }) {
  const isLoud = marks.some(({ severity }) => severity !== "info");
  const word = html`<span class="tone ${isLoud ? "" : tone}">${brief}</span>`;
  const badges = html`<span class="badges">${marks.map(badge)}</span>`;
  const isOpen = address.value.route === id;
  return html`
    <li>
      <a id="row-${id}" href=${linkTo({ route: id })} aria-current=${isOpen ? "true" : undefined}>
        <span class="line"><span class="title">${titleText(title)}</span>${isLoud ? badges : word}</span>
        <span class="line"><span class="note">${clock(at)}${note && ` · ${note}`}</span>${isLoud ? word : badges}</span>
      </a>
    </li>`;
}

/** Up and down move between the rows. */
function moveFocus(event: KeyboardEvent): void {
  if (!(event.target instanceof Element)) return;
  const item = event.target.closest("li");
  const to = { ArrowDown: item?.nextElementSibling, ArrowUp: item?.previousElementSibling }[event.key];
  const link = to?.querySelector("a");
  if (!link) return;
  event.preventDefault();
  link.focus();
}
