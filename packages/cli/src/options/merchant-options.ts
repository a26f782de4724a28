import { DEFAULT_ENDPOINT, orderKey } from "@avantlink-s2s/core/adapter";
import { Option } from "@commander-js/extra-typings";
import { CommandError, EXIT } from "../exit-codes.ts";

export const merchantOption = new Option("--merchant <uuid>", "the merchant's UUID").env(
  "AVANTLINK_MERCHANT_ID",
);
export const endpointOption = new Option("--endpoint <url>", "the address of AvantLink, or of a sandbox").env(
  "AVANTLINK_ENDPOINT",
);

/** The merchant and the endpoint, as given. */
export interface Merchant {
  readonly merchant?: string | undefined;
  readonly endpoint?: string | undefined;
}

/** The merchant and the endpoint, each in its one spelling. */
export interface Destination {
  readonly merchant: string;
  readonly endpoint: string;
}

export function destinationOf({ merchant = "", endpoint = "" }: Merchant): Destination {
  const given = endpoint.trim() || DEFAULT_ENDPOINT;
  const url = URL.canParse(given) ? new URL(given).href : given;
  return { merchant: merchant.trim().toLowerCase(), endpoint: url.replace(/\/+$/, "") };
}

/** @throws CommandError without a merchant */
export function requireMerchant({ merchant = "" }: Merchant): void {
  if (merchant.trim() !== "") return;
  throw new CommandError(
    EXIT.usage,
    "The merchant's UUID is missing.",
    "Add --merchant UUID, or set AVANTLINK_MERCHANT_ID.",
  );
}

/** Gives the key by which every outbox knows an order of this merchant. */
export function orderKeyFor(given: Merchant): (orderNumber: string) => string {
  return (orderNumber) => {
    requireMerchant(given);
    return orderKey(destinationOf(given).merchant, orderNumber);
  };
}
