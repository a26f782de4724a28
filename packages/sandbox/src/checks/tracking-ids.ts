import type { Endpoint } from "../contract.ts";
import type { Finding } from "../records.ts";
import { listAt, textAt, textsAt } from "./body-values.ts";
import { error, warning } from "./finding.ts";

const idLists = ["user_id", "visitor_id"] as const;

const hasListedId = (body: unknown) => idLists.some((list) => textsAt(body, "tracking_ids", list).length > 0);

/** The visitor IDs that a body carries. */
export const visitorsIn = (body: unknown) => textsAt(body, "tracking_ids", "visitor_id");

/** Whether a body carries an ID. A blank string is none. */
export function hasTrackingId(body: unknown): boolean {
  return textAt(body, "tracking_ids", "avantlink_avad").trim() !== "" || hasListedId(body);
}

/** IDs that are blank, changed on the way, or too few for click and order to meet. */
export function* checkTrackingIds(body: unknown, endpoint: Endpoint): Generator<Finding> {
  for (const list of idLists) {
    for (const [index, id] of listAt(body, "tracking_ids", list).entries()) {
      if (typeof id === "string" && id.trim() === "")
        yield warning(
          `tracking_ids.${list}[${index}]`,
          "It is blank, and counts as no ID. Send [] for a shopper without such an ID.",
        );
    }
  }
  const avad = textAt(body, "tracking_ids", "avantlink_avad");
  if (avad !== avad.trim())
    yield warning(
      "tracking_ids.avantlink_avad",
      "It begins or ends with a blank. Send the token exactly as it arrived.",
    );
  if (!hasTrackingId(body)) yield noId;
  else if (endpoint === "click" && !hasListedId(body)) yield tokenAlone;
}

const noId: Finding = error(
  "tracking_ids.visitor_id",
  "It is missing, and so is every other ID. AvantLink refuses a call without any ID. Send the visitor ID that the shopper's click carried; keep it in a cookie from the landing on, and make one where there is none.",
);

/** An order has this finding only where no click says more. */
export const tokenAlone: Finding = warning(
  "tracking_ids.visitor_id",
  "There is no visitor ID, so that click and order can meet by the token alone. Send the same visitor ID in both calls.",
);

/** Likewise. */
export const accountAlone: Finding = warning(
  "tracking_ids.visitor_id",
  "There is no visitor ID, and an account ID meets no click that was made before the shopper signed in. Send the visitor ID that the click carried: keep it in a cookie from the landing on.",
);
