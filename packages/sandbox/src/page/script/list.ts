/** The list of requests, newest first. */
export const list = /* js */ `
import { byId, clock, element, plural, titleParts } from "./dom.js";

/** @typedef {import("../listing.ts").Listing["rows"][number]} Row */

/** @type {Map<string, { item: HTMLLIElement, link: HTMLAnchorElement, shows: string }>} */
let kept = new Map();

/**
 * Shows these rows. A row that stays keeps its element, and with it the reader's focus.
 * @param {readonly Row[]} rows
 * @param {string | undefined} selected
 * @returns {Row[]} the rows that were not there before
 */
export function showRows(rows, selected) {
  const fresh = rows.filter((row) => !kept.has(row.id));
  /** @type {typeof kept} */
  const next = new Map();
  for (const row of rows) {
    const entry = kept.get(row.id) ?? newEntry(row);
    const shows = JSON.stringify(row);
    if (entry.shows !== shows) {
      entry.shows = shows;
      entry.link.replaceChildren(...parts(row));
    }
    mark(entry.link, row.id === selected);
    next.set(row.id, entry);
  }
  const list = byId("rows");
  for (const [id, { item }] of kept) if (!next.has(id)) item.remove();
  let at = list.firstElementChild;
  for (const { item } of next.values()) {
    if (item === at) at = at.nextElementSibling;
    else list.insertBefore(item, at);
  }
  kept = next;
  return fresh;
}

/** @param {string | undefined} selected */
export function markRow(selected) {
  for (const [id, { link }] of kept) mark(link, id === selected);
}

/**
 * @param {HTMLAnchorElement} link
 * @param {boolean} isCurrent
 */
function mark(link, isCurrent) {
  if (isCurrent) link.setAttribute("aria-current", "true");
  else link.removeAttribute("aria-current");
}

/** @param {Row} row */
function newEntry(row) {
  const link = element("a", { href: "#/" + row.id });
  return { item: element("li", {}, link), link, shows: "" };
}

/** @param {Row} row */
function parts({ kind, title, receivedAt, note, tone, brief, findings }) {
  const counts = [
    findings.error > 0 && element("span", { class: "badge error" }, plural(findings.error, "error")),
    findings.warning > 0 && element("span", { class: "badge warning" }, plural(findings.warning, "warning")),
    findings.info > 0 && element("span", { class: "badge info" }, findings.info.toLocaleString() + " info"),
  ];
  return [
    element("span", { class: "line" }, element("span", { class: "title " + kind }, ...titleParts(title)), element("span", { class: "tone " + tone }, brief)),
    element("span", { class: "line" }, element("span", { class: "note" }, clock(receivedAt), note === "" ? "" : " · " + note), element("span", { class: "badges" }, ...counts)),
  ];
}

/** Up and down move between the rows. */
byId("rows").addEventListener("keydown", (event) => {
  const step = event.key === "ArrowDown" ? "nextElementSibling" : event.key === "ArrowUp" ? "previousElementSibling" : undefined;
  if (step === undefined || !(event.target instanceof Element)) return;
  const link = event.target.closest("li")?.[step]?.querySelector("a");
  if (!link) return;
  event.preventDefault();
  link.focus();
});
`;
