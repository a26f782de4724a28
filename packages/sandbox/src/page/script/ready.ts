/** The checklist "ready to go live". */
export const ready = /* js */ `
import { sayAloud, element, plural } from "./dom.js";

/** @typedef {import("../readiness.ts").Step} Step */
/** @typedef {import("./sandbox.js").View} View */

/** @type {number | undefined} how many orders there were when a refresh began to be watched */
let watchedFrom;
/** @type {{ passed: boolean, text: string } | undefined} */
let watched;

/** @param {Step} step */
const stateOf = (step) => (step.id === "refresh" && step.state === "by-hand" && watched?.passed ? "done" : step.state);

/** @param {readonly Step[]} steps */
export function readyTally(steps) {
  return steps.filter((step) => stateOf(step) === "done").length + "/" + steps.length;
}

const names = { done: "Seen", open: "Not yet", wrong: "Wrong", "by-hand": "Try it" };
const marks = { done: "✓", open: "○", wrong: "✗", "by-hand": "?" };

/**
 * @param {View} view
 * @param {() => void} render
 */
export function readyView({ steps, counts }, render) {
  const items = steps.map((step) => {
    const state = stateOf(step);
    return element(
      "li",
      { class: "step " + state },
      element("span", { class: "mark", "aria-hidden": "true" }, marks[state]),
      element(
        "div",
        {},
        element("strong", {}, step.label), " ", element("span", { class: "badge " + state }, names[state]),
        element("p", {}, step.hint, " ", step.shownBy && element("a", { href: "#/" + step.shownBy.request }, step.shownBy.id)),
        step.id === "refresh" && refreshWatch(counts.orders + counts.dropped, render),
      ),
    );
  });
  return [
    element("p", { class: "back" }, element("a", { href: "#/" }, "← All requests")),
    element("h2", { tabindex: "-1", id: "detail-title" }, "Ready to go live?"),
    element("p", { class: "hint" }, "Walk through your shop once for each line. The sandbox ticks what it sees arrive."),
    element("ol", { class: "steps" }, ...items),
    element("p", { class: "hint" }, "After going live, paste a real token into AvantLink's Order Inquiries › Tracking Details; it shows within 30 minutes."),
  ];
}

/**
 * The sandbox cannot see a reload that sends nothing; the developer can say when it happened.
 * @param {number} orders
 * @param {() => void} render
 */
function refreshWatch(orders, render) {
  const begin = () => {
    watchedFrom = orders;
    watched = undefined;
    render();
  };
  if (watchedFrom === undefined) {
    return element(
      "p",
      {},
      watched && element("span", { class: watched.passed ? "all-good" : "own-finding error", role: "status" }, watched.text, " "),
      element("button", { type: "button", click: begin }, watched ? "Watch another reload" : "Watch a reload"),
    );
  }
  const from = watchedFrom;
  const end = () => {
    const arrived = orders - from;
    watched =
      arrived === 0
        ? { passed: true, text: "You reloaded, and no order arrived: as it should be." }
        : { passed: false, text: plural(arrived, "order") + " arrived meanwhile." };
    watchedFrom = undefined;
    sayAloud(watched.text);
    render();
  };
  return element("p", {}, "Reload the thank-you page now, wait a moment, then: ", element("button", { type: "button", click: end }, "I have reloaded it"));
}
`;
