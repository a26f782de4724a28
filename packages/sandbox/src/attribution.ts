import { textAt, textsAt } from "./checks/body-values.ts";
import { visitorsIn } from "./checks/tracking-ids.ts";
import type { ClickRecord, OrderRecord } from "./records.ts";

type SharedField = NonNullable<OrderRecord["attributedBy"]>;

/** Finds an order's click without a search among all clicks. */
export class Attribution {
  /** The clicks of each token and ID, oldest first. */
  readonly #clicks = new Map<string, ClickRecord[]>();

  /** Remembers a click. */
  add(click: ClickRecord): void {
    for (const { key } of keysOf(click.merchantId, click.body)) {
      const clicks = this.#clicks.get(key);
      if (clicks === undefined) this.#clicks.set(key, [click]);
      else clicks.push(click);
    }
  }

  /** Forgets a click that is no longer kept. */
  remove(click: ClickRecord): void {
    for (const { key } of keysOf(click.merchantId, click.body)) {
      const clicks = this.#clicks.get(key) ?? [];
      const index = clicks.indexOf(click);
      if (index >= 0) clicks.splice(index, 1);
      if (clicks.length === 0) this.#clicks.delete(key);
    }
  }

  clear(): void {
    this.#clicks.clear();
  }

  /** The newest click with the order's token; else the newest that shares a visitor ID; else an account ID. */
  clickOf(merchantId: string, body: unknown): { click: ClickRecord; by: SharedField } | undefined {
    let found: { click: ClickRecord; by: SharedField } | undefined;
    for (const { key, field } of keysOf(merchantId, body)) {
      if (found !== undefined && found.by !== field) break;
      const click = this.#clicks.get(key)?.at(-1);
      if (click === undefined) continue;
      if (found === undefined || click.receivedAt > found.click.receivedAt) found = { click, by: field };
    }
    return found;
  }

  /** Whether clicks with the order's token carried visitor IDs, and none of them one of the order's. */
  isAnotherVisitor(merchantId: string, body: unknown): boolean {
    const [token] = keysOf(merchantId, body);
    const clicks = (token?.field === "avantlink_avad" && this.#clicks.get(token.key)) || [];
    const visitors = visitorsIn(body);
    const isShared = (click: ClickRecord) => visitorsIn(click.body).some((id) => visitors.includes(id));
    return clicks.some(({ body }) => visitorsIn(body).length > 0) && clicks.findLast(isShared) === undefined;
  }
}

/** Ordered by how much they prove. */
function keysOf(merchantId: string, body: unknown): { key: string; field: SharedField }[] {
  const avad = textAt(body, "tracking_ids", "avantlink_avad");
  const of = (field: SharedField, ids: readonly string[]) =>
    ids.map((id) => ({ field, key: JSON.stringify([merchantId.toLowerCase(), field, id]) }));
  return [
    ...of("avantlink_avad", avad.trim() === "" ? [] : [avad]),
    ...of("visitor_id", visitorsIn(body)),
    ...of("user_id", textsAt(body, "tracking_ids", "user_id")),
  ];
}
