import { createHash } from "node:crypto";
import { createTracker, type Outbox, type Tracker, type TrackingEvent } from "@avantlink-s2s/core";
import { Option } from "@commander-js/extra-typings";
import { CommandError, EXIT } from "./exit.ts";

export const merchantOption = new Option("--merchant <uuid>", "the merchant's UUID").env(
  "AVANTLINK_MERCHANT_ID",
);
export const endpointOption = new Option("--endpoint <url>", "where AvantLink, or a sandbox, is").env(
  "AVANTLINK_ENDPOINT",
);

/** Whom a command sends for, and where to. */
export interface Merchant {
  readonly merchant?: string | undefined;
  readonly endpoint?: string | undefined;
}

/** Where AvantLink is, unless somebody says otherwise. */
export const AVANTLINK = "https://client.avantlink.com";

/** Whom a command sends for, and where to, each written in one way only. */
export interface Addressee {
  readonly merchant: string;
  readonly endpoint: string;
}

/** The same for what means the same: with the default filled in, and whatever the letters' case. */
export function addresseeOf({ merchant = "", endpoint = "" }: Merchant): Addressee {
  const given = endpoint.trim() || AVANTLINK;
  const url = URL.canParse(given) ? new URL(given).href : given;
  return { merchant: merchant.trim().toLowerCase(), endpoint: url.replace(/\/+$/, "") };
}

/** What makes an order one in every outbox, as the outbox contract has it. */
export function orderKeyFor({ merchant }: Merchant): (orderNumber: string) => string {
  return (orderNumber) => {
    if (merchant === undefined || merchant.trim() === "") {
      throw new CommandError(
        EXIT.usage,
        "The merchant's UUID is needed.",
        "Give --merchant or AVANTLINK_MERCHANT_ID.",
      );
    }
    return createHash("sha256").update(`${merchant.trim().toLowerCase()}\n${orderNumber}`).digest("hex");
  };
}

/** A tracker that sends, because somebody asked for it, whatever the environment says. */
export function sendingTracker(
  { merchant, endpoint }: Merchant,
  outbox: Outbox,
  onEvent: (event: TrackingEvent) => void,
  concurrency?: number,
): Tracker {
  return createTracker({
    merchantId: merchant,
    endpoint,
    mode: "live",
    outbox,
    onEvent,
    ...(concurrency === undefined ? {} : { concurrency }),
  });
}
