import { plainReceipt, resolvedOrder } from "./scenario.ts";
import { tracker } from "./tracker.ts";

export interface Props {
  readonly searchParams: Promise<Record<string, string>>;
}

export async function Confirmation({ searchParams }: Props) {
  const order = await resolvedOrder(new URLSearchParams(await searchParams));
  const receipt = plainReceipt(await tracker.trackOrder(order));
  return <output>{JSON.stringify(receipt)}</output>;
}
