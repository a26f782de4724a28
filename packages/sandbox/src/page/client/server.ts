import { effect, signal } from "@preact/signals";
import type { Detail, View } from "../source.ts";
import { type Address, address, PANELS } from "./address.ts";
import { plural, say } from "./words.ts";

/** No more often than this does the page ask because something changed, in milliseconds. */
const BREATH_MS = 200;

/** The newest answer about the list, and the question that it answers. */
export const view = signal<{ readonly question: string; readonly shown: View } | undefined>(undefined);
/** The open item, or why there is none. */
export const detail = signal<{ readonly id: string; readonly shown: Detail | string } | undefined>(undefined);
/** Why the list could not be brought up to date. */
export const trouble = signal("");
export const connection = signal<"connecting" | "live" | "gone">("connecting");

/** What the list is asked for at an address. */
export function questionAt({ show, search, page }: Address): string {
  return String(new URLSearchParams({ show, search, page }));
}

/** Keeps the page up to date, from now on. */
export function connect(): void {
  effect(() => void refreshList(questionAt(address.value)));
  effect(() => void refreshDetail(address.value.route));
  const changes = new EventSource("api/changes");
  changes.addEventListener("message", refresh);
  changes.addEventListener("open", () => {
    connection.value = "live";
  });
  changes.addEventListener("error", () => {
    connection.value = "gone";
  });
}

let isAsking = false;
let hasChanged = false;

/** Asks again for everything that is shown; one question at a time, and what changes meanwhile is asked for after it. */
export async function refresh(): Promise<void> {
  hasChanged = true;
  if (isAsking) return;
  isAsking = true;
  while (hasChanged) {
    hasChanged = false;
    await Promise.all([refreshList(questionAt(address.peek())), refreshDetail(address.peek().route)]);
    await new Promise((resolve) => setTimeout(resolve, BREATH_MS));
  }
  isAsking = false;
}

let newestList = 0;

async function refreshList(question: string): Promise<void> {
  const asked = ++newestList;
  try {
    const shown: View = JSON.parse(await ask(`api/view?${question}`));
    if (asked !== newestList) return;
    sayArrived(shown, question);
    view.value = { question, shown };
    trouble.value = "";
  } catch (error) {
    // When the server itself is gone, the stream of changes says so, and asks again when it is back.
    if (error instanceof Error && !(error instanceof TypeError))
      trouble.value = `This is not up to date. ${error.message}`;
  }
}

let shownText = "";

async function refreshDetail(route: string): Promise<void> {
  if (PANELS.includes(route)) {
    detail.value = undefined;
    return;
  }
  const text = await ask(`api/items/${route}`).catch((error: Error) => JSON.stringify(error.message));
  if (route !== address.peek().route || (text === shownText && detail.peek()?.id === route)) return;
  shownText = text;
  detail.value = { id: route, shown: JSON.parse(text) };
}

/** Reads aloud what is new at the top of the list. */
function sayArrived({ list }: View, question: string): void {
  const before = view.peek();
  if (before?.question !== question || list.skipped > 0) return;
  const known = new Set(before.shown.list.rows.map(({ id }) => id));
  const fresh = list.rows.filter(({ id }) => !known.has(id));
  const [newest] = fresh;
  if (newest === undefined) return;
  const { word, name = "" } = newest.title;
  const marks = newest.marks.filter(({ severity }) => severity !== "info").map(({ text }) => text);
  const others = fresh.length > 1 ? [`and ${plural(fresh.length - 1, "other")}`] : [];
  say([`${word} ${name}`.slice(0, 60), newest.brief, ...marks, ...others].join(", "));
}

/** The answer to a question, as JSON. */
export async function ask(path: string): Promise<string> {
  const response = await fetch(path);
  const text = await response.text();
  if (!response.ok) throw new Error(JSON.parse(text).error);
  return text;
}

/** Changes something. The header shows the server that this page asks, and not another site's. */
export async function change(method: "POST" | "DELETE", path: string, body?: string): Promise<void> {
  const response = await fetch(path, {
    method,
    headers: { "X-AvantLink-Sandbox": "page" },
    ...(body !== undefined && { body }),
  });
  if (!response.ok) throw new Error((await response.json()).error);
  await refresh();
}
