import type { ClickRecord, Finding, OrderRecord } from "../records.ts";
import { isObject, pathBelow, textAt, textsAt } from "./body-values.ts";
import { error, info, warning } from "./finding.ts";
import { accountAlone, tokenAlone, visitorsIn } from "./tracking-ids.ts";

/** What an order is checked against: what the sandbox has seen before it. */
export interface SeenBefore {
  /** The first order with the same merchant and number. */
  readonly first: OrderRecord | undefined;
  /** The click that the order is attributed to. */
  readonly click: ClickRecord | undefined;
  /** Whether clicks with the order's token carried visitor IDs, and none of them one of the order's. */
  readonly isAnotherVisitor: boolean;
}

/** What can only be found in an order by looking at the requests before it. */
export function* checkBesideOthers(body: unknown, raw: string, before: SeenBefore): Generator<Finding> {
  yield* checkVisitor(body, before);
  if (before.first !== undefined && before.first.raw !== raw) yield checkRepeat(body, before.first);
}

function* checkVisitor(body: unknown, { click, isAnotherVisitor }: SeenBefore): Generator<Finding> {
  const path = "tracking_ids.visitor_id";
  const visitors = visitorsIn(body);
  const avad = textAt(body, "tracking_ids", "avantlink_avad");
  if (visitors.length > 0) {
    if (isAnotherVisitor)
      yield warning(
        path,
        `No click with the token ${JSON.stringify(avad.slice(0, 80))} carried this visitor ID. Click and order of one shopper carry the same: keep it in a cookie from the landing on.`,
      );
  } else if (visitorsIn(click?.body).length > 0)
    yield warning(
      path,
      "The click carried a visitor ID and the order carries none: read the same cookie at the confirmation. If the token is lost, nothing else connects click and order.",
    );
  else if (textsAt(body, "tracking_ids", "user_id").length === 0) {
    if (avad.trim() !== "") yield tokenAlone;
  } else if (click === undefined) yield accountAlone;
}

function checkRepeat(body: unknown, first: OrderRecord): Finding {
  const path = "order.order_number";
  const paths = differences(first.body, body);
  if (paths.length === 0)
    return info(path, `${first.id} said the same in other bytes. A retry is safest byte for byte.`);
  const named = paths.slice(0, 5).join(", ") + (paths.length > 5 ? ` and ${paths.length - 5} more` : "");
  return error(
    path,
    `${first.id} had this number and another body. Two orders with one number count as one; a retry must repeat the body. They differ in ${named}.`,
  );
}

const mostDifferences = 200;

/** The paths at which two bodies differ; iterative, since a body may be nested deeper than the stack. */
function differences(left: unknown, right: unknown): string[] {
  const paths: string[] = [];
  const pending: [path: string, left: unknown, right: unknown][] = [["", left, right]];
  for (let next = pending.pop(); next !== undefined && paths.length < mostDifferences; next = pending.pop()) {
    const [path, a, b] = next;
    if (Array.isArray(a) && Array.isArray(b) && a.length === b.length) {
      for (const [index, entry] of a.entries()) pending.push([`${path}[${index}]`, entry, b[index]]);
    } else if (isObject(a) && isObject(b)) {
      for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
        const below = pathBelow(path, key);
        if (Object.hasOwn(a, key) !== Object.hasOwn(b, key)) paths.push(below);
        else pending.push([below, a[key], b[key]]);
      }
    } else if (a !== b) paths.push(path || "body");
  }
  return paths.reverse();
}
