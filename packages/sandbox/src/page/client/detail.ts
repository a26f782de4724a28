import { html } from "htm/preact";
import type { ClickNote, Reference, RequestDetail } from "../source.ts";
import { linkTo } from "./address.ts";
import { fieldTable, findingList } from "./fields.ts";
import { BodyView, Exact } from "./json.ts";
import { Life } from "./life.ts";
import { panel, section } from "./panel.ts";
import { detail } from "./server.ts";
import { Copy, clock, strange, titleText } from "./words.ts";

/** The open item. */
export function Item() {
  const shown = detail.value?.shown;
  if (shown === undefined) return null;
  if (typeof shown === "string") return html`<p class="hint">${shown}</p>`;
  return shown.kind === "life"
    ? html`<${Life} key=${shown.id} life=${shown} />`
    : html`<${Request} key=${shown.id} request=${shown} />`;
}

/** A request to the sandbox, with everything that is known of it. */
function Request({ request }: { request: RequestDetail }) {
  const { id, endpoint, outcome, findings, fields, click, orders, sameNumber = [] } = request;
  const isCall = endpoint !== "event";
  const isTaken = click !== undefined || orders !== undefined;
  return panel(
    titleText(request.title),
    "",
    html`<p class="when">${clock(request.at)} · ${id}${isCall && [" · merchant ", strange(request.merchantId || "none")]}</p>`,
    html`<p class="outcome ${outcome.tone}">${strange(outcome.sentence)}</p>`,
    isCall &&
      section("Findings", request.marks.map(({ text }) => text).join(", "), findingList(findings, isTaken)),
    click !== undefined && section("The click behind it", "", clickCard(click)),
    orders && section("Orders from this click", "", references(orders)),
    sameNumber.length > 0 && section("The same order number", "", references(sameNumber)),
    fields.length > 0 && section("Fields", `of the ${endpoint} call`, fieldTable(fields, findings)),
    section("JSON", "as received", html`<${BodyView} raw=${request.raw} />`),
    section("HTTP request", "", httpView(request)),
  );
}

const SHARED: Readonly<Record<string, string>> = {
  avantlink_avad: "the token",
  visitor_id: "the visitor ID",
  user_id: "the account ID",
};

function clickCard(click: ClickNote | null) {
  if (click === null)
    return html`<p class="hint">None: no click before it shares its token, a visitor ID or an account ID. AvantLink may still pay an affiliate by a coupon code; otherwise this order is nobody's.</p>`;
  const { sharedField, shared, landing, referrer } = click;
  return html`
    <dl class="card">
      <dt>Click</dt><dd>${reference(click)}</dd>
      <dt>They share</dt><dd>${SHARED[sharedField]} <code>${strange(shared)}</code></dd>
      <dt>Landing page</dt><dd>${strange(landing)}</dd>
      <dt>Referrer</dt><dd>${referrer === "" ? "not sent by the browser" : strange(referrer)}</dd>
    </dl>`;
}

function references(list: readonly Reference[]) {
  if (list.length === 0)
    return html`<p class="hint">None yet. An order meets it by the token, or by an ID that both carry.</p>`;
  return html`<ul>${list.map((one) => html`<li>${reference(one)}</li>`)}</ul>`;
}

function reference({ id, title, at }: Reference) {
  return html`<a href=${linkTo({ route: id })}>${title}</a> at ${clock(at)}`;
}

function httpView({ head, raw, curl, test }: RequestDetail) {
  return html`
    <div class="code">
      <p class="code-bar">
        <${Copy} label="Copy as curl" text=${curl} />
        ${test && html`<${Copy} label="Copy as test" text=${test} />`}
      </p>
      <pre role="region" tabindex="0" id="http-request" aria-label="The HTTP request"><${Exact} text=${head} />${"\n\n"}<${Exact} text=${raw} /></pre>
    </div>`;
}
