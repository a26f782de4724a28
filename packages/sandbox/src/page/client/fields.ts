import { html } from "htm/preact";
import type { Finding } from "../../records.ts";
import type { FieldNote } from "../source.ts";
import { badge, strange } from "./words.ts";

/** Addresses a field within the page. */
const anchorOf = (path: string) => `field-${path}`;

/** The fields of a request beside what the article says of each. */
export function fieldTable(notes: readonly FieldNote[], findings: readonly Finding[]) {
  return html`
    <table class="fields">
      <thead><tr><th scope="col">Field</th><th scope="col">Value</th><th scope="col">What AvantLink's article says</th></tr></thead>
      <tbody>${notes.map(
        (note) => html`
          <tr key=${note.path} id=${anchorOf(note.path)} tabindex="-1">
            <th scope="row"><code>${breakable(note.path)}</code></th>
            <td class="value">${fieldValue(note)}</td>
            <td>${note.says || html`<em>The article has no such field.</em>`}${findings
              .filter(({ path }) => path === note.path || path.startsWith(`${note.path}[`))
              .map(
                ({ severity, message }) =>
                  html`<p class="own-finding ${severity}">${badge({ severity, text: severity })} ${strange(message)}</p>`,
              )}</td>
          </tr>`,
      )}</tbody>
    </table>`;
}

/** A path that breaks between its parts. */
function breakable(path: string) {
  return path.split(/(?<=[._\]])/).map((part) => html`${strange(part)}<wbr />`);
}

function fieldValue({ value, required }: FieldNote) {
  if (value !== undefined) return html`<code>${strange(value)}</code>`;
  return required ? html`<em class="absent required">missing</em>` : html`<em class="absent">not sent</em>`;
}

export function findingList(findings: readonly Finding[], isTaken: boolean) {
  if (!isTaken && findings.length === 0)
    return html`<p class="hint">It was not taken, so it was not checked.</p>`;
  if (findings.length === 0)
    return html`<p class="all-good">Nothing to remark: each field is as the article has it.</p>`;
  return html`
    <ul class="findings">${findings.map(
      ({ severity, path, message }) => html`
        <li class=${severity}>
          ${badge({ severity, text: severity })} <button type="button" class="place" onClick=${() => leadTo(path)}>${strange(path)}</button>
          <p>${strange(message)}</p>
        </li>`,
    )}</ul>`;
}

/** Leads to the field of a finding, or to the request's head. */
function leadTo(path: string): void {
  const anchors = [anchorOf(path), anchorOf(path.replace(/\[\d+\]$/, "")), "http-request"];
  const target = anchors.map((id) => document.getElementById(id)).find((element) => element !== null);
  target?.scrollIntoView({ block: "center" });
  target?.focus({ preventScroll: true });
}
