import { signal } from "@preact/signals";

/** What the address says: what is open, and what the list shows. It survives a reload and can be sent to a colleague. */
export interface Address {
  /** `list`, a panel's name, or the ID of the item that is open. */
  readonly route: string;
  readonly show: string;
  readonly search: string;
  readonly page: string;
}

/** The browser's address is written when nothing has changed for so long, in milliseconds. */
const REST_MS = 100;

/** The routes that are panels rather than items. */
export const PANELS: readonly string[] = ["list", "ready", "faults", "now"];

export const address = signal(readAddress());

addEventListener("hashchange", () => {
  if (isOurs(location.hash)) address.value = readAddress();
});

// "#side", where "Skip the list" leads, is a place on the page.
const isOurs = (hash: string) => hash === "" || hash.startsWith("#/");

function readAddress(): Address {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?", 2);
  const parameters = new URLSearchParams(query);
  const given = (name: string) => parameters.get(name) ?? "";
  return {
    route: /^[\w-]+$/.test(path) ? path : "list",
    show: given("show") || "all",
    search: given("search"),
    page: given("page"),
  };
}

/** The address with something of it changed, for a link. */
export function linkTo(change: Partial<Address>): string {
  const { route, show, search, page } = { ...address.value, ...change };
  const query = new URLSearchParams({
    ...(show !== "all" && { show }),
    ...(search !== "" && { search }),
    ...(page !== "" && { page }),
  }).toString();
  return `#/${route === "list" ? "" : route}${query === "" ? "" : `?${query}`}`;
}

let writing: ReturnType<typeof setTimeout> | undefined;

/**
 * Goes there at once. The browser's own address follows once the typing rests: browsers refuse to change it for every
 * letter, and a step in its history for every letter is of no use.
 */
export function replaceAddress(change: Partial<Address>): void {
  address.value = { ...address.peek(), ...change };
  clearTimeout(writing);
  writing = setTimeout(() => history.replaceState(null, "", linkTo({})), REST_MS);
}
