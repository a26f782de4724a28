import { signal } from "@preact/signals";
import { html } from "htm/preact";
import { useEffect, useRef } from "preact/hooks";
import { address, linkTo, PANELS, replaceAddress } from "./address.ts";
import { view } from "./server.ts";

const KEYS = [
  ["j", "the next item of the list"],
  ["k", "the item before it"],
  ["/", "search"],
  ["Esc", "back to the list"],
  ["?", "this help"],
] as const;

const isHelpOpen = signal(false);

export function showHelp(): void {
  isHelpOpen.value = true;
}

export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isHelpOpen.value) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isHelpOpen.value]);
  const close = () => {
    isHelpOpen.value = false;
  };
  return html`
    <dialog ref=${dialog} aria-labelledby="help-title" onClose=${close}>
      <h2 id="help-title">Keyboard</h2>
      <dl class="card">${KEYS.map(([key, does]) => html`<dt><kbd>${key}</kbd></dt><dd>${does}</dd>`)}</dl>
      <button type="button" onClick=${close}>Close</button>
    </dialog>`;
}

/** Listens to the keys of the whole page. */
export function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    const field = event.target instanceof Element ? event.target.closest("input, select, textarea") : null;
    if (event.ctrlKey || event.metaKey || event.altKey || isHelpOpen.value) return;
    if (event.key === "Escape") return leave(field);
    if (field !== null) return;
    const act = { j: () => step(1), k: () => step(-1), "/": toSearch, "?": showHelp }[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

function toSearch(): void {
  const focus = () => document.getElementById("search")?.focus();
  focus();
  if (document.activeElement?.id === "search") return;
  // On a phone the list is not there while an item is open.
  replaceAddress({ route: "list" });
  requestAnimationFrame(focus);
}

function leave(field: Element | null): void {
  if (field instanceof HTMLElement) field.blur();
  else location.hash = linkTo({ route: "list" });
}

/** Opens the item so many rows further down. */
function step(by: 1 | -1): void {
  const rows = view.value?.shown.list.rows ?? [];
  const { route } = address.value;
  const at = rows.findIndex(({ id }) => id === route);
  const next = at < 0 && PANELS.includes(route) ? rows[0] : rows[at + by];
  if (next === undefined) return;
  location.hash = linkTo({ route: next.id });
  document.getElementById(`row-${next.id}`)?.scrollIntoView({ block: "nearest" });
}
