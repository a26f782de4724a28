import { decimal, readMoney } from "@avantlink-s2s/core/money";
import { type Decimal, sum, ZERO } from "../money/decimal.ts";
import type { Findings } from "./findings.ts";

/** Upper bound for a text: no order number, code or URL that a browser opens is longer. */
const MAX_TEXT = 8192;
/** A quarter of the lines that core accepts: a line with two prices may have to be split in four. */
const MAX_ENTRIES = 5_000;

/** One place in a platform's JSON. Reading never throws, whatever stands there. */
export class JsonField {
  readonly value: unknown;
  /** The place, as in `line_items[2].price`. */
  readonly path: string;
  readonly #findings: Findings;
  readonly #camelCase: boolean;

  constructor(value: unknown, path: string, findings: Findings, camelCase = false) {
    this.value = value ?? undefined;
    this.path = path;
    this.#findings = findings;
    this.#camelCase = camelCase;
  }

  /**
   * The object in the first of these envelopes, or this one. Paths of missing fields below are named as the object names
   * its own: `taxLines`, `tax_lines`. What is no object is an issue.
   */
  unwrapped(expected: string, envelopes: readonly string[] = []): JsonField {
    const inner = envelopes.map((envelope) => this.at(envelope)).find((field) => !field.missing) ?? this;
    if (typeof inner.value !== "object") inner.issue(`${inner.described()}; ${expected} is expected`);
    const names = Object.keys(Object(inner.value));
    const camelCase =
      names.some((name) => /[a-z][A-Z]/.test(name)) && !names.some((name) => name.includes("_"));
    return new JsonField(inner.value, inner.path, this.#findings, camelCase);
  }

  get missing(): boolean {
    return this.value === undefined;
  }

  /** The first of the routes (`price_set.shop_money.amount`) that leads to a value. */
  at(...routes: readonly [string, ...string[]]): JsonField {
    for (const route of routes) {
      const value = follow(this.value, route);
      if (value !== undefined && value !== null) return this.#step(value, route);
    }
    const ownName = routes.find((route) => /[A-Z]/.test(route) === this.#camelCase);
    return this.#step(undefined, ownName ?? routes[0]);
  }

  /** The first of the routes that leads to text that is not blank; without any, the same as `at`. */
  textAt(...routes: readonly [string, ...string[]]): JsonField {
    return (
      routes.map((route) => this.at(route)).find((field) => field.text() !== undefined) ?? this.at(...routes)
    );
  }

  /** Whether the object has a property of this name, even without a value. */
  has(name: string): boolean {
    return typeof this.value === "object" && this.value !== null && name in this.value;
  }

  /** Text that is not blank. Whole numbers count: platforms write order numbers as text or as numbers. */
  text(): string | undefined {
    const { value } = this;
    if (typeof value === "bigint" || Number.isSafeInteger(value)) return String(value);
    if (typeof value !== "string" || value.length > MAX_TEXT) return undefined;
    const text = value.trim();
    return text === "" ? undefined : text;
  }

  /** The text in lower case, for statuses, which platforms write in either case. */
  word(): string | undefined {
    return this.text()?.toLowerCase();
  }

  flag(): boolean | undefined {
    return typeof this.value === "boolean" ? this.value : undefined;
  }

  /** Another value that the caller gave beside the order, such as an option. */
  beside(value: unknown, name: string): JsonField {
    return new JsonField(value, name, this.#findings, this.#camelCase);
  }

  /** Notes why the order cannot be mapped: the money, the number or the kind of the object cannot be known. */
  issue(message: string): void {
    this.#findings.issue(this.path, message);
  }

  /** Notes that something is missing; the order is mapped without it. */
  incomplete(message: string): void {
    this.#findings.add("mapper.incomplete", this.path, message);
  }

  /** Notes that what is sent differs from what stands here. */
  adjusted(message: string): void {
    this.#findings.add("mapper.adjusted", this.path, message);
  }

  /** For a message: what stands here, as far as it is a plain name and not a text that may be a shopper's. */
  described(): string {
    if (this.missing) return "is missing";
    const text = this.text();
    if (text !== undefined && /^[\w.]{1,40}$/.test(text)) return `is ${text}`;
    return typeof this.value === "object" ? "is an object of another kind" : `is a ${typeof this.value}`;
  }

  /** The text, unless it is `0`: several platforms write that for a guest or for no variant. */
  id(): string | undefined {
    const text = this.text();
    return text === "0" ? undefined : text;
  }

  /** The entries of an array, or of a page of them (`nodes`, `edges`, `data`). Nothing if it is neither. */
  list(): readonly JsonField[] | undefined {
    const { value } = this;
    if (Array.isArray(value)) {
      if (value.length > MAX_ENTRIES) {
        this.issue(`holds more than ${MAX_ENTRIES} entries`);
        return [];
      }
      return Array.from(
        value,
        (entry, index) => new JsonField(entry, `${this.path}[${index}]`, this.#findings, this.#camelCase),
      );
    }
    for (const name of ["nodes", "data", "edges"]) {
      const page = this.at(name);
      if (Array.isArray(page.value)) return name === "edges" ? page.each("node") : page.list();
    }
    return undefined;
  }

  /** The entries of a list that may be missing. */
  entries(): readonly JsonField[] {
    return this.list() ?? [];
  }

  /** The fields at these routes of each entry. */
  each(...routes: readonly [string, ...string[]]): readonly JsonField[] {
    return this.entries().map((entry) => entry.at(...routes));
  }

  /**
   * The entries of a list that the money cannot be known without. A missing list or page is an issue, which says how to get
   * all entries.
   */
  neededList(
    message = "is missing; without it the money cannot be known",
    toGetAll = "give all of them",
  ): readonly JsonField[] {
    const entries = this.list();
    const nextPage = this.at("has_more", "pageInfo.hasNextPage");
    if (!entries) this.issue(message);
    if (nextPage.flag()) nextPage.issue(`is true, so entries are missing: ${toGetAll}`);
    return entries ?? [];
  }

  /** The amount, if there is one. A value that is not an amount is an issue. */
  amount(): Decimal | undefined {
    if (this.missing || this.value === "") return undefined;
    const amount = decimal(readMoney(this.value));
    if (!amount) this.issue("is not an amount; a number or a decimal string is expected");
    return amount;
  }

  /** The amount of a field that may be missing. */
  orZero(): Decimal {
    return this.amount() ?? ZERO;
  }

  /** An amount that the money cannot be known without. A missing amount is an issue. */
  needed(message = "is missing; without it the money cannot be known"): Decimal {
    const amount = this.amount();
    if (!amount && (this.missing || this.value === "")) this.issue(message);
    return amount ?? ZERO;
  }

  #step(value: unknown, route: string): JsonField {
    const path = this.path === "" ? route : `${this.path}.${route}`;
    return new JsonField(value, path, this.#findings, this.#camelCase);
  }
}

/** The sum of the amounts that are there. */
export function sumOf(fields: readonly JsonField[]): Decimal {
  return sum(fields.map((field) => field.orZero()));
}

function follow(value: unknown, route: string): unknown {
  let here = value;
  for (const name of route.split(".")) {
    if (typeof here !== "object" || here === null) return undefined;
    try {
      here = (here as Readonly<Record<string, unknown>>)[name];
    } catch {
      // A platform's own object may throw for a relation that was not loaded; that counts as not having it.
      return undefined;
    }
  }
  return here;
}
