import type { ClickRecord, Finding, OrderRecord } from "../records.ts";
import { isObject, textAt, textsAt } from "./body-values.ts";
import { error, info, warning } from "./finding.ts";
import { accountAlone, tokenAlone } from "./tracking-ids.ts";

/** What an order is checked against: what the sandbox has seen before it. */
export interface SeenBefore {
  /** The first order with the same merchant and number. */
  readonly first: OrderRecord | undefined;
  /** The click that the order is attributed to. */
  readonly click: ClickRecord | undefined;
  /** The visitor IDs of the clicks with the order's token, each with its newest click. */
  readonly visitorsOfToken: ReadonlyMap<string, ClickRecord> | undefined;
}

/** What can only be found in an order by looking at the requests before it. */
export function checkBesideOthers(body: unknown, raw: string, before: SeenBefore): Finding[] {
  return [...checkVisitor(body, before), ...checkRepeat(body, raw, before.first)];
}

function checkVisitor(body: unknown, { click, visitorsOfToken }: SeenBefore): Finding[] {
  const path = "tracking_ids.visitor_id";
  const visitors = textsAt(body, "tracking_ids", "visitor_id");
  if (visitors.length > 0 && visitorsOfToken !== undefined && visitorsOfToken.size > 0) {
    if (visitors.some((visitor) => visitorsOfToken.has(visitor))) return [];
    const avad = textAt(body, "tracking_ids", "avantlink_avad").slice(0, 80);
    return [
      warning(
        path,
        `No click with the token ${JSON.stringify(avad)} carried this visitor ID. Click and order of one shopper carry the same: keep it in a cookie from the landing on.`,
      ),
    ];
  }
  if (visitors.length > 0) return [];
  if (click !== undefined && textsAt(click.body, "tracking_ids", "visitor_id").length > 0) {
    return [
      warning(
        path,
        "The click carried a visitor ID and the order carries none: read the same cookie at the confirmation. If the token is lost, nothing else connects click and order.",
      ),
    ];
  }
  const hasToken = textAt(body, "tracking_ids", "avantlink_avad").trim() !== "";
  const hasAccount = textsAt(body, "tracking_ids", "user_id").length > 0;
  if (hasAccount) return click === undefined ? [accountAlone] : [];
  return hasToken ? [tokenAlone] : [];
}

function checkRepeat(body: unknown, raw: string, first: OrderRecord | undefined): Finding[] {
  if (first === undefined || first.raw === raw) return [];
  const path = "order.order_number";
  const paths = differences(first.body, body);
  if (paths.length === 0) {
    return [info(path, `${first.id} said the same in other bytes. A retry is safest byte for byte.`)];
  }
  const named = paths.slice(0, 5).join(", ") + (paths.length > 5 ? ` and ${paths.length - 5} more` : "");
  return [
    error(
      path,
      `${first.id} had this number and another body. Two orders with one number count as one; a retry must repeat the body. They differ in ${named}.`,
    ),
  ];
}

const mostDifferences = 200;

/** The paths at which two bodies differ; iterative, since a body may be nested deeper than the stack. */
function differences(left: unknown, right: unknown): string[] {
  const paths: string[] = [];
  const pending: [path: string, left: unknown, right: unknown][] = [["", left, right]];
  for (let next = pending.pop(); next !== undefined && paths.length < mostDifferences; next = pending.pop()) {
    const [path, a, b] = next;
    if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
      a.forEach((entry, index) => {
        pending.push([`${path}[${index}]`, entry, b[index]]);
      });
    } else if (isObject(a) && isObject(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
        const below = path === "" ? key : `${path}.${key}`;
        if (Object.hasOwn(a, key) !== Object.hasOwn(b, key)) paths.push(below);
        else pending.push([below, a[key], b[key]]);
      }
    } else if (a !== b) paths.push(path || "body");
  }
  return paths.reverse();
}
