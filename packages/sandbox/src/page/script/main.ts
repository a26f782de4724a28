/** The page: asks the server for what it shows, whenever the server says that something changed. */
export const main = /* js */ String.raw`
import { sayAloud, byId, element, plural } from "./dom.js";
import { detailView } from "./detail.js";
import { activeFaults, faultsView } from "./faults.js";
import { markRow, showRows } from "./list.js";
import { readyTally, readyView } from "./ready.js";
import { ask, change } from "./sandbox.js";
import { welcomeView } from "./welcome.js";

/** @typedef {import("./sandbox.js").View} View */

/** No more often than this does the page ask, in milliseconds, however much arrives. */
const breath = 200;

/** @type {View | undefined} */
let view;
let route = readRoute();
/** @type {string | undefined} the row before the page of the list; none on the newest page */
let before;
/** @type {string | undefined} what the side shows, so that the same is not built twice */
let sideShows;
let busy = false;
let again = false;

const search = /** @type {HTMLInputElement} */ (byId("search"));
const filters = /** @type {HTMLFormElement} */ (byId("filters"));

function readRoute() {
  const [, name] = /^#\/([\w-]*)$/.exec(location.hash) ?? [];
  return name === undefined || name === "" ? "list" : name;
}

/** Asks for everything that is shown; one question at a time, and the last wish is always met. */
async function refresh() {
  again = true;
  if (busy) return;
  busy = true;
  while (again) {
    again = false;
    try {
      const show = String(new FormData(filters).get("show"));
      const query = new URLSearchParams({ show, search: search.value, ...(before !== undefined && { before }) });
      const isFirst = view === undefined;
      view = /** @type {View} */ (JSON.parse(await ask("/api/view?" + query)));
      await render(isFirst);
    } catch {
      // The stream of changes says that the connection is gone, and asks again when it is back.
    }
    await new Promise((resolve) => setTimeout(resolve, breath));
  }
  busy = false;
}

/** @param {boolean} isFirst */
async function render(isFirst) {
  if (view === undefined) return;
  const { list, counts, faults, steps, url } = view;
  const fresh = showRows(list.rows, route);
  if (!isFirst && before === undefined) readAloud(fresh);
  const from = list.newer + 1;
  const range = list.total > list.rows.length ? from.toLocaleString() + "–" + (from + list.rows.length - 1).toLocaleString() + " of " : "";
  byId("count").textContent = range + plural(list.total, "request");
  byId("pager").hidden = list.newer === 0 && list.total === list.rows.length;
  byId("newest").toggleAttribute("disabled", list.newer === 0);
  byId("older").toggleAttribute("disabled", list.newer + list.rows.length >= list.total);
  const welcome = byId("welcome");
  welcome.hidden = counts.requests > 0;
  if (counts.requests === 0 && welcome.childElementCount === 0) welcome.replaceChildren(...welcomeView(url));
  byId("ready-tally").textContent = readyTally(steps);
  byId("faults-tally").textContent = faults.length === 0 ? "" : faults.length + " on";
  document.title = (counts.orders > 0 ? "(" + counts.orders + ") " : "") + "AvantLink sandbox";
  banner(view);
  await renderSide();
}

/** @param {View} shown */
function banner({ faults, counts }) {
  const parts = [
    faults.length > 0 && element("span", {}, plural(faults.length, "fault") + " on: ", element("bdi", {}, faults.map(({ says }) => says).join("; ").slice(0, 300)), ". "),
    faults.length > 0 && element("button", { type: "button", click: () => change("DELETE", "/api/faults") }, "Lift all"),
    counts.dropped > 0 && element("span", {}, " The oldest " + plural(counts.dropped, "request") + " made room and cannot be shown."),
  ].filter((part) => part !== false);
  const box = byId("banner");
  box.hidden = parts.length === 0;
  if (box.textContent !== parts.map((part) => part.textContent).join("")) box.replaceChildren(...parts);
}

/** Fills the side with what the address says. */
async function renderSide() {
  if (view === undefined) return;
  const side = byId("side");
  document.body.dataset.view = route === "list" ? "list" : "side";
  for (const link of document.querySelectorAll("[data-route]")) {
    const isCurrent = link.getAttribute("data-route") === (route.startsWith("request-") ? "list" : route);
    if (isCurrent) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (route === "faults") {
    if (sideShows !== "faults") side.replaceChildren(...faultsView());
    sideShows = "faults";
    const active = byId("active-faults");
    const says = JSON.stringify(view.faults);
    if (active.dataset.says !== says) active.replaceChildren(...activeFaults(view.faults));
    active.dataset.says = says;
    return;
  }
  if (!route.startsWith("request-")) return showReady();
  const asked = route;
  const answer = await ask("/api/requests/" + route).catch((/** @type {Error} */ error) => error);
  if (asked !== route) return;
  const shows = answer instanceof Error ? answer.message : answer;
  if (shows === sideShows) return;
  sideShows = shows;
  side.replaceChildren(...(answer instanceof Error ? [element("p", { class: "hint" }, answer.message)] : detailView(JSON.parse(answer))));
}

/** The checklist is what there is to see while nothing is chosen. @param {boolean} [isForced] */
function showReady(isForced = false) {
  if (view === undefined) return;
  const shows = "ready " + JSON.stringify([view.steps, view.counts.orders]);
  if (shows === sideShows && !isForced) return;
  sideShows = shows;
  const held = document.activeElement instanceof HTMLButtonElement && byId("side").contains(document.activeElement);
  byId("side").replaceChildren(...readyView(view, () => showReady(true)));
  byId("ready-tally").textContent = readyTally(view.steps);
  if (held) byId("side").querySelector("button")?.focus();
}

/** @param {View["list"]["rows"]} fresh */
function readAloud(fresh) {
  const [newest] = fresh;
  if (newest === undefined) return;
  const { error, warning } = newest.findings;
  const named = [newest.title.word, newest.title.name].filter(Boolean).join(" ");
  const counts = [error > 0 && plural(error, "error"), warning > 0 && plural(warning, "warning")].filter(Boolean).join(" and ");
  sayAloud(named.slice(0, 60) + ", " + newest.brief + (counts === "" ? "" : ", " + counts) + (fresh.length > 1 ? ", and " + (fresh.length - 1) + " more" : ""));
}

addEventListener("hashchange", async () => {
  if (location.hash !== "" && !location.hash.startsWith("#/")) return;
  route = readRoute();
  markRow(route);
  await renderSide();
  const title = document.getElementById("detail-title");
  byId("side").scrollTop = 0;
  // Beside the list the reader stays there; alone, the side is a page of its own.
  if (route !== "list" && (route === "faults" || route === "ready" || byId("rows").offsetParent === null)) {
    scrollTo(0, 0);
    title?.focus({ preventScroll: true });
  }
});

let typing = 0;
search.addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(toNewest, 150);
});
filters.addEventListener("change", toNewest);
filters.addEventListener("submit", (event) => event.preventDefault());
byId("newest").addEventListener("click", toNewest);
byId("start-over").addEventListener("click", async () => {
  await change("DELETE", "/api/requests");
  sayAloud("Everything is forgotten, and no fault is on.");
  location.hash = "#/";
});
byId("older").addEventListener("click", () => {
  before = view?.list.rows.at(-1)?.id;
  refresh();
});

function toNewest() {
  clearTimeout(typing);
  before = undefined;
  refresh();
}

addEventListener("keydown", (event) => {
  const isTyping = event.target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    search.focus();
  } else if (event.key === "Escape" && route !== "list" && !isTyping) location.hash = "#/";
});

const changes = new EventSource("/api/changes");
changes.addEventListener("message", refresh);
changes.addEventListener("open", () => say("Live", "live"));
changes.addEventListener("error", () => say("Disconnected. The sandbox has stopped or is restarting.", "gone"));

/**
 * @param {string} text
 * @param {string} state
 */
function say(text, state) {
  const status = byId("status");
  status.textContent = text;
  status.className = "status " + state;
}

refresh();
`;
