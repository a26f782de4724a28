/** The fields of a request beside what the article says of each. */
export const fields = /* js */ String.raw`
import { element, strange } from "./dom.js";

/** @typedef {import("../../records.ts").Finding} Finding */
/** @typedef {import("../field-notes.ts").FieldNote} FieldNote */

/** Addresses a field within the page. @param {string} path */
const anchorOf = (path) => "field-" + path;

/**
 * @param {readonly FieldNote[]} notes
 * @param {readonly Finding[]} findings
 */
export function fieldTable(notes, findings) {
  const head = ["Field", "Value", "What AvantLink's article says"].map((title) => element("th", { scope: "col" }, title));
  const rows = notes.map((note) => {
    const own = findings.filter(({ path }) => path === note.path || path.startsWith(note.path + "["));
    return element(
      "tr",
      { id: anchorOf(note.path), tabindex: "-1" },
      element("th", { scope: "row" }, element("code", {}, ...breakable(note.path))),
      element("td", { class: "value" }, value(note)),
      element("td", {}, says(note), ...own.map(({ severity, message }) => element("p", { class: "own-finding " + severity }, label(severity), " ", strange(message)))),
    );
  });
  return element("table", { class: "fields" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
}

/** A path that breaks between its parts. @param {string} path */
function breakable(path) {
  return path.split(/(?<=[._\]])/).flatMap((part) => [strange(part), element("wbr")]);
}

/** @param {FieldNote} note */
function value({ value, required }) {
  if (value === undefined) return element("em", { class: required ? "absent required" : "absent" }, required ? "missing" : "not sent");
  return element("code", {}, strange(value));
}

/** @param {FieldNote} note */
function says({ says }) {
  return says === "" ? element("em", {}, "The article has no such field.") : says;
}

/** @param {string} severity */
function label(severity) {
  return element("span", { class: "badge " + severity }, severity);
}

/**
 * @param {readonly Finding[]} findings
 * @param {boolean} taken
 */
export function findingList(findings, taken) {
  if (!taken && findings.length === 0) return element("p", { class: "hint" }, "It was not taken, so it was not checked.");
  if (findings.length === 0) return element("p", { class: "all-good" }, "Nothing to remark: each field is as the article has it.");
  return element(
    "ul",
    { class: "findings" },
    ...findings.map(({ severity, path, message }) =>
      element("li", { class: severity }, label(severity), " ", place(path), element("p", {}, strange(message))),
    ),
  );
}

/** A finding's place, which leads to the field when the page shows it. @param {string} path */
function place(path) {
  return element("button", { type: "button", class: "place", click: () => leadTo(path) }, strange(path));
}

/** @param {string} path */
function leadTo(path) {
  const field = document.getElementById(anchorOf(path)) ?? document.getElementById(anchorOf(path.replace(/\[\d+\]$/, "")));
  const target = field ?? document.getElementById("http-request");
  target?.scrollIntoView({ block: "center" });
  target?.focus({ preventScroll: true });
}
`;
