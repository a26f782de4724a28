import { decimal } from "@avantlink-s2s/core/money";
import { type Decimal, ZERO } from "../money/decimal.ts";
import type { Findings } from "./findings.ts";

/** Longest text that is taken out of an order: no number, code or address that a browser can open is longer. */
const MAX_TEXT = 8192;
/** A quarter of the lines that core takes: with two prices, each may have to be split in four. */
const MAX_ENTRIES = 5_000;

/** A place in a platform's JSON. Nothing that stands there, or fails to, makes reading it throw. */
export class JsonField {
  readonly value: unknown;
  /** Where it is, as in `line_items[2].price`. */
  readonly path: string;
  readonly #findings: Findings;

  constructor(value: unknown, path: string, findings: Findings) {
    this.value = value ?? undefined;
    this.path = path;
    this.#findings = findings;
  }

  get missing(): boolean {
    return this.value === undefined;
  }

  /** The first of the routes (`price_set.shop_money.amount`) that leads to something. */
  at(...routes: readonly [string, ...string[]]): JsonField {
    for (const route of routes) {
      const value = follow(this.value, route);
      if (value !== undefined && value !== null) return this.#step(value, route);
    }
    return this.#step(undefined, routes[0]);
  }

  /** Whether the name stands here, even with nothing beside it. */
  has(name: string): boolean {
    return typeof this.value === "object" && this.value !== null && name in this.value;
  }

  /** Text that is not blank. Whole numbers count: platforms write their order numbers either way. */
  text(): string | undefined {
    const { value } = this;
    if (typeof value === "bigint" || Number.isSafeInteger(value)) return String(value);
    if (typeof value !== "string" || value.length > MAX_TEXT) return undefined;
    const text = value.trim();
    return text === "" ? undefined : text;
  }

  /** The text in lower case, for statuses, which platforms write either way. */
  word(): string | undefined {
    return this.text()?.toLowerCase();
  }

  flag(): boolean | undefined {
    return typeof this.value === "boolean" ? this.value : undefined;
  }

  /** The entries of an array, or of a page of them (`nodes`, `edges`, `data`); nothing when it is neither. */
  list(): readonly JsonField[] | undefined {
    const { value } = this;
    if (Array.isArray(value)) {
      if (value.length > MAX_ENTRIES) {
        this.#findings.issue(this.path, `holds more than ${MAX_ENTRIES} entries`);
        return [];
      }
      return Array.from(
        value,
        (entry, index) => new JsonField(entry, `${this.path}[${index}]`, this.#findings),
      );
    }
    for (const page of ["nodes", "data"] as const) {
      if (Array.isArray(follow(value, page))) return this.at(page).list();
    }
    if (Array.isArray(follow(value, "edges"))) {
      return this.at("edges")
        .list()
        ?.map((edge) => edge.at("node"));
    }
    return undefined;
  }

  /** The amount, or nothing when there is none. What stands there and is no amount is an issue. */
  amount(): Decimal | undefined {
    if (this.missing || this.value === "") return undefined;
    const amount = decimal(this.value);
    if (!amount)
      this.#findings.issue(this.path, "is not an amount; a number or a decimal string is expected");
    return amount;
  }

  /** The amount, which the money cannot be known without. */
  owed(hint = "is missing; without it the money cannot be known"): Decimal {
    const amount = this.amount();
    if (!amount && (this.missing || this.value === "")) this.#findings.issue(this.path, hint);
    return amount ?? ZERO;
  }

  #step(value: unknown, route: string): JsonField {
    return new JsonField(value, this.path === "" ? route : `${this.path}.${route}`, this.#findings);
  }
}

function follow(value: unknown, route: string): unknown {
  let here = value;
  for (const name of route.split(".")) {
    if (typeof here !== "object" || here === null) return undefined;
    try {
      here = (here as Readonly<Record<string, unknown>>)[name];
    } catch {
      // A platform's own object may refuse (a relation that was not loaded); that is the same as not having it.
      return undefined;
    }
  }
  return here;
}
