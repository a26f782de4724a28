/** Faults: what is on, and how to set one. */
export const faults = /* js */ `
import { sayAloud, byId, element } from "./dom.js";
import { change } from "./sandbox.js";

/** @typedef {import("./sandbox.js").View} View */

/** Each with what an integration should do about it. @type {[label: string, fault: object, proves: string][]} */
const presets = [
  ["Server error", { status: 500 }, "Orders wait, and arrive once it is lifted."],
  ["Too many requests", { status: 429, headers: { "Retry-After": "5" }, times: 3 }, "The next try comes no sooner than 5 s later."],
  ["Hang", { hang: true }, "The shop's page is as fast as ever."],
  ["Slow by 3 s", { delayMs: 3000 }, "The shop's page is as fast as ever."],
  ["Connection reset", { reset: true }, "Orders wait, and arrive once it is lifted."],
  ["Taken, answer lost", { reset: true, taken: true, times: 1 }, "The same bytes come again; AvantLink counts one order."],
  ["Web page with 200", { html: true }, "It is not taken for success."],
  ["success: false", { success: false }, "It is not taken for success."],
  ["Redirect", { redirect: "/elsewhere" }, "It is not followed."],
];

/** @param {View["faults"]} active */
export function activeFaults(active) {
  if (active.length === 0) return [element("p", { class: "hint" }, "None is on: every call is answered as AvantLink does.")];
  return [
    element(
      "ul",
      { class: "active" },
      ...active.map(({ id, says, left }) =>
        element(
          "li",
          {},
          element("span", {}, element("bdi", {}, says), left === undefined ? ", until lifted" : ", for " + (left === 1 ? "one more request" : left + " more requests")),
          element("button", { type: "button", "aria-label": "Lift: " + says, click: () => attempt(() => change("DELETE", "/api/faults/" + id)) }, "Lift"),
        ),
      ),
    ),
    element("button", { type: "button", click: () => attempt(() => change("DELETE", "/api/faults")) }, "Lift all"),
  ];
}

export function faultsView() {
  return [
    element("p", { class: "back" }, element("a", { href: "#/" }, "← All requests")),
    element("h2", { tabindex: "-1", id: "detail-title" }, "Faults"),
    element("p", { class: "hint" }, "Make AvantLink fail, and see what your shop makes of it. Neither page nor order may be lost."),
    element("section", {}, element("h3", {}, "On now"), element("div", { id: "active-faults" })),
    element("section", {}, element("h3", {}, "Switch one on"), element("ul", { class: "presets" }, ...presets.map(preset))),
    element("section", {}, element("h3", {}, "Make your own"), form()),
  ];
}

/** @param {(typeof presets)[number]} preset */
function preset([label, fault, proves]) {
  return element(
    "li",
    {},
    element("button", { type: "button", click: () => attempt(() => change("POST", "/api/faults", fault)) }, label),
    element("span", {}, proves),
  );
}

/** @param {() => Promise<void>} action */
async function attempt(action) {
  const problem = document.getElementById("fault-problem");
  try {
    await action();
    if (problem) problem.textContent = "";
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    if (problem) problem.textContent = message;
    sayAloud(message);
  }
}

const effects = [
  ["status", "Answer a status"],
  ["delay", "Only be slow"],
  ["hang", "Never answer"],
  ["reset", "Reset the connection after reading"],
  ["reset-before-reading", "Reset the connection before reading"],
  ["html", "Answer a web page"],
  ["malformed", "Answer JSON that breaks off"],
  ["redirect", "Redirect"],
  ["success", "Answer success: false"],
];

function form() {
  const choose = element("select", { name: "effect" }, ...effects.map(([value = "", text = ""]) => element("option", { value }, text)));
  const made = element(
    "form",
    { class: "own-fault", submit: submit },
    field("What happens", choose),
    field("Status", element("input", { name: "status", type: "number", min: "200", max: "599", value: "503" }), "status html malformed redirect success"),
    field("Retry-After", element("input", { name: "retryAfter", placeholder: "seconds or a date" }), "status"),
    field("Location", element("input", { name: "redirect", value: "/elsewhere" }), "redirect"),
    field("Delay in ms", element("input", { name: "delayMs", type: "number", min: "0", placeholder: "none" })),
    field("For", element("select", { name: "on" }, element("option", { value: "" }, "orders and clicks"), element("option", { value: "order" }, "orders"), element("option", { value: "click" }, "clicks"))),
    field("How many requests", element("input", { name: "times", type: "number", min: "1", placeholder: "until lifted" })),
    field("Share in %", element("input", { name: "share", type: "number", min: "0", max: "100", placeholder: "100" })),
    element("label", { class: "tick" }, element("input", { name: "taken", type: "checkbox" }), " AvantLink takes it all the same; only the answer is lost"),
    element("button", { type: "submit" }, "Switch it on"),
    element("p", { class: "own-finding error", id: "fault-problem", role: "alert" }),
  );
  const fit = () => {
    for (const box of made.querySelectorAll("[data-for]")) {
      const fits = (box.getAttribute("data-for") ?? "").split(" ").includes(choose.value);
      box.toggleAttribute("hidden", !fits);
    }
    const status = made.querySelector("[name=status]");
    if (status instanceof HTMLInputElement) status.value = { redirect: "302", status: "503" }[choose.value] ?? "200";
  };
  choose.addEventListener("change", fit);
  fit();
  return made;
}

/**
 * @param {string} label
 * @param {HTMLElement} input
 * @param {string} [only] the effects that it belongs to
 */
function field(label, input, only) {
  const id = "fault-" + input.getAttribute("name");
  input.id = id;
  return element("div", { class: "field", ...(only !== undefined && { "data-for": only }) }, element("label", { for: id }, label), input);
}

/** @param {Event} event */
function submit(event) {
  event.preventDefault();
  if (!(event.target instanceof HTMLFormElement)) return;
  const data = new FormData(event.target);
  const text = (/** @type {string} */ name) => String(data.get(name) ?? "").trim();
  const number = (/** @type {string} */ name) => (text(name) === "" ? undefined : Number(text(name)));
  const effect = text("effect");
  const withStatus = ["status", "html", "malformed", "redirect", "success"].includes(effect);
  /** @type {Record<string, object>} */
  const ofEffect = {
    hang: { hang: true },
    reset: { reset: true },
    "reset-before-reading": { reset: "before-reading" },
    html: { html: true },
    malformed: { malformed: true },
    redirect: { redirect: text("redirect") },
    success: { success: false },
  };
  const share = number("share");
  const fault = {
    ...ofEffect[effect],
    ...(withStatus && { status: number("status") }),
    ...(effect === "status" && text("retryAfter") !== "" && { headers: { "Retry-After": text("retryAfter") } }),
    delayMs: number("delayMs"),
    on: text("on") || undefined,
    times: number("times"),
    probability: share === undefined ? undefined : share / 100,
    ...(data.has("taken") && { taken: true }),
  };
  attempt(() => change("POST", "/api/faults", fault)).then(() => byId("active-faults").scrollIntoView({ block: "nearest" }));
}
`;
