import { html } from "htm/preact";
import { useState } from "preact/hooks";
import type { SandboxView } from "../source.ts";
import { panel, section } from "./panel.ts";
import { change } from "./server.ts";
import { strange } from "./words.ts";

type Active = SandboxView["faults"];

/** Each with what an integration should do about it. */
const PRESETS: readonly (readonly [label: string, fault: object, proves: string])[] = [
  ["Server error", { status: 500 }, "Orders wait, and arrive once it is lifted."],
  [
    "Too many requests",
    { status: 429, headers: { "Retry-After": "5" }, times: 3 },
    "The next try comes no sooner than 5 s later.",
  ],
  ["Hang", { hang: true }, "The shop's page is as fast as ever."],
  ["Slow by 3 s", { delayMs: 3000 }, "The shop's page is as fast as ever."],
  ["Connection reset", { reset: true }, "Orders wait, and arrive once it is lifted."],
  [
    "Taken, answer lost",
    { reset: true, taken: true, times: 1 },
    "The same bytes come again; AvantLink counts one order.",
  ],
  ["Web page with 200", { html: true }, "It is not taken for success."],
  ["success: false", { success: false }, "It is not taken for success."],
  ["Redirect", { redirect: "/elsewhere" }, "It is not followed."],
];

const EXAMPLE = '{ "status": 429, "headers": { "Retry-After": "7" }, "on": "order", "times": 1 }';

/** The faults that are on, in one line. */
export function faultsOn(faults: Active): string {
  return faults
    .map(({ says }) => says)
    .join("; ")
    .slice(0, 300);
}

/** What is made to fail, and how to make more fail. */
export function Faults({ active }: { active: Active }) {
  const [own, setOwn] = useState(EXAMPLE);
  const [problem, setProblem] = useState("");
  // Cleared before, since the end of an earlier attempt may come after the error of this one.
  const attempt = (method: "POST" | "DELETE", path: string, body?: string) => {
    setProblem("");
    return change(method, path, body).catch((error: Error) => setProblem(error.message));
  };
  const set = (fault: string) => () => attempt("POST", "api/faults", fault);
  const submit = (event: Event) => {
    event.preventDefault();
    void set(own)();
  };
  const hint =
    "Make AvantLink fail, and watch your shop. Every page must load, and every order must arrive in the end.";
  return panel(
    "Faults",
    hint,
    section(
      "On now",
      "",
      active.length === 0
        ? html`<p class="hint">None is on: every call is answered as AvantLink does.</p>`
        : html`<ul class="active">${active.map(
            ({ id, says, left }) => html`
          <li key=${id}>
            <span>${strange(says)}${left === undefined ? ", until lifted" : `, for ${left} more request${left === 1 ? "" : "s"}`}</span>
            <button type="button" aria-label="Lift: ${says}" onClick=${() => attempt("DELETE", `api/faults/${id}`)}>Lift</button>
          </li>`,
          )}</ul>`,
    ),
    section(
      "Switch one on",
      "",
      html`
      <ul class="presets">${PRESETS.map(
        ([label, fault, proves]) => html`
        <li><button type="button" onClick=${set(JSON.stringify(fault))}>${label}</button><span>${proves}</span></li>`,
      )}
      </ul>`,
    ),
    section(
      "Make your own",
      "as sandbox.fail() takes it",
      html`
      <form class="own-fault" onSubmit=${submit}>
        <label for="own-fault">Fault</label>
        <textarea id="own-fault" rows="3" value=${own} onInput=${(event: InputEvent) => setOwn((event.target as HTMLTextAreaElement).value)} />
        <p class="hint">One of status, hang, reset, html, malformed, redirect, success, or delayMs. Besides: body, headers, on (order or click), times, probability (0 to 1), taken.</p>
        <button type="submit">Switch it on</button>
        <p class="own-finding error" role="alert">${problem}</p>
      </form>`,
    ),
  );
}
