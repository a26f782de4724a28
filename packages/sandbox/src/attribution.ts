import { textAt, textsAt } from "./checks/body-values.ts";
import type { ClickRecord, OrderRecord } from "./records.ts";

type SharedField = NonNullable<OrderRecord["attributedBy"]>;

/** Knows the newest click of every token and ID, so that an order finds its click without a search. */
export class Attribution {
  readonly #newest = new Map<string, ClickRecord>();
  /** Of each token its visitors, and of each visitor the newest click with both: the visitor goes with that click. */
  readonly #visitorsOfToken = new Map<string, Map<string, ClickRecord>>();

  /** Remembers a click. */
  add(click: ClickRecord): void {
    const keys = keysOf(click.merchantId, click.body);
    for (const { key } of keys) this.#newest.set(key, click);
    const token = keys.find(({ field }) => field === "avantlink_avad");
    if (token === undefined) return;
    const visitors = this.#visitorsOfToken.get(token.key) ?? new Map();
    for (const visitor of visitorsIn(click)) visitors.set(visitor, click);
    this.#visitorsOfToken.set(token.key, visitors);
  }

  /** Forgets a click that is no longer kept. */
  remove(click: ClickRecord): void {
    for (const { key } of keysOf(click.merchantId, click.body)) {
      if (this.#newest.get(key) === click) this.#newest.delete(key);
      const visitors = this.#visitorsOfToken.get(key);
      if (visitors === undefined) continue;
      for (const visitor of visitorsIn(click)) {
        if (visitors.get(visitor) === click) visitors.delete(visitor);
      }
      if (visitors.size === 0) this.#visitorsOfToken.delete(key);
    }
  }

  clear(): void {
    this.#newest.clear();
    this.#visitorsOfToken.clear();
  }

  /** The newest click with the order's token; else the newest that shares a visitor ID; else an account ID. */
  clickOf(merchantId: string, body: unknown): { click: ClickRecord; by: SharedField } | undefined {
    let found: { click: ClickRecord; by: SharedField } | undefined;
    for (const { key, field } of keysOf(merchantId, body)) {
      if (found !== undefined && found.by !== field) break;
      const click = this.#newest.get(key);
      if (click === undefined) continue;
      if (found === undefined || click.receivedAt > found.click.receivedAt) found = { click, by: field };
    }
    return found;
  }

  /** The visitor IDs of all clicks with a token that are kept; nothing when none of them has one. */
  visitorsOf(merchantId: string, avad: string): ReadonlyMap<string, ClickRecord> | undefined {
    return this.#visitorsOfToken.get(keyOf(merchantId, "avantlink_avad", avad));
  }
}

function visitorsIn(click: ClickRecord): string[] {
  return textsAt(click.body, "tracking_ids", "visitor_id");
}

function keyOf(merchantId: string, field: SharedField, id: string): string {
  return JSON.stringify([merchantId.toLowerCase(), field, id]);
}

/** Ordered by how much they prove. */
function keysOf(merchantId: string, body: unknown): { key: string; field: SharedField }[] {
  const avad = textAt(body, "tracking_ids", "avantlink_avad");
  const of = (field: SharedField, ids: readonly string[]) =>
    ids.map((id) => ({ field, key: keyOf(merchantId, field, id) }));
  return [
    ...of("avantlink_avad", avad.trim() === "" ? [] : [avad]),
    ...of("visitor_id", textsAt(body, "tracking_ids", "visitor_id")),
    ...of("user_id", textsAt(body, "tracking_ids", "user_id")),
  ];
}
