import { trackOrder } from "@avantlink-s2s/next";
import { plainReceipt, resolvedOrder } from "./scenario.ts";
import { tracker } from "./tracker.ts";

export interface Props {
  readonly searchParams: Promise<Record<string, string>>;
}

export async function Confirmation({ searchParams }: Props) {
  const order = await resolvedOrder(new URLSearchParams(await searchParams));
  const receipt = plainReceipt(await trackOrder(tracker, order));
  return <output>{JSON.stringify(receipt)}</output>;
}
