/** One request with everything that is known of it. */
export const detail = /* js */ String.raw`
import { clock, copyButton, element, plural, reveal, strange, titleParts } from "./dom.js";
import { fieldTable, findingList } from "./fields.js";
import { bodyView, exact } from "./json.js";

/** @typedef {import("../detail.ts").Detail} Detail */
/** @typedef {NonNullable<Detail["orders"]>[number]} Reference */

/** @param {Detail} detail */
export function detailView(detail) {
  const taken = detail.click !== undefined || detail.orders !== undefined;
  const { outcome, findings, fields, kind } = detail;
  return [
    element("p", { class: "back" }, element("a", { href: "#/" }, "← All requests")),
    element("h2", { tabindex: "-1", id: "detail-title" }, ...titleParts(detail.title)),
    element("p", { class: "when" }, clock(detail.receivedAt), " · " + detail.id + " · merchant ", strange(detail.merchantId || "none")),
    element("p", { class: "outcome " + outcome.tone }, strange(outcome.sentence)),
    section("Findings", tally(findings), findingList(findings, taken)),
    detail.click !== undefined && section("The click behind it", "", clickCard(detail)),
    detail.orders !== undefined && section("Orders from this click", "", references(detail.orders, "None yet. An order meets it by the token, or by an ID that both carry.")),
    detail.sameNumber !== undefined && detail.sameNumber.length > 0 &&
      section("The same order number", "", references(detail.sameNumber, "")),
    fields.length > 0 && section("Fields", kind === "order" ? "of the order call" : "of the click call", fieldTable(fields, findings)),
    section("JSON", "as received", bodyView(detail.raw)),
    section("HTTP request", "", httpView(detail)),
  ].filter((part) => part !== false);
}

/**
 * @param {string} title
 * @param {string} note
 * @param {Node} content
 */
function section(title, note, content) {
  return element("section", {}, element("h3", {}, title, note !== "" && element("small", {}, " " + note)), content);
}

/** @param {Detail["findings"]} findings */
function tally(findings) {
  const count = (/** @type {string} */ wanted) => findings.filter(({ severity }) => severity === wanted).length;
  const [errors, warnings, infos] = [count("error"), count("warning"), count("info")];
  return [errors > 0 && plural(errors, "error"), warnings > 0 && plural(warnings, "warning"), infos > 0 && infos + " info"].filter(Boolean).join(", ");
}

/** @param {Detail} detail */
function clickCard({ click }) {
  if (!click) {
    return element(
      "p",
      { class: "hint" },
      "None: no click before it shares its token, a visitor ID or an account ID. AvantLink may still pay an affiliate by a coupon code; otherwise this order is nobody's.",
    );
  }
  /** @type {Record<string, string>} */
  const names = { avantlink_avad: "the token", visitor_id: "the visitor ID", user_id: "the account ID" };
  return element(
    "dl",
    { class: "card" },
    ...pair("Click", element("a", { href: "#/" + click.id }, click.title), " at ", clock(click.receivedAt)),
    ...pair("They share", names[click.sharedField] ?? click.sharedField, " ", element("code", {}, strange(click.shared))),
    ...pair("Landing page", strange(click.landing)),
    ...pair("Referrer", click.referrer === "" ? "not sent by the browser" : strange(click.referrer)),
  );
}

/**
 * @param {string} term
 * @param {...(Node | string)} content
 */
function pair(term, ...content) {
  return [element("dt", {}, term), element("dd", {}, ...content)];
}

/**
 * @param {readonly Reference[]} list
 * @param {string} none
 */
function references(list, none) {
  if (list.length === 0) return element("p", { class: "hint" }, none);
  const items = list.map(({ id, title, receivedAt }) => element("li", {}, element("a", { href: "#/" + id }, title), " at ", clock(receivedAt)));
  return element("ul", {}, ...items);
}

/** @param {Detail} detail */
function httpView({ head, raw, curl }) {
  const pre = element("pre", { tabindex: "0", id: "http-request", "aria-label": "The HTTP request" });
  pre.append(...reveal(head), "\n\n", ...exact(raw, pre));
  const all = element("p", { class: "code-bar" }, copyButton("Copy as curl", curl));
  return element("div", { class: "code" }, all, pre);
}
`;
