import { plainReceipt, suiteOrder } from "../../../scenario.ts";
import { tracker } from "../../../tracker.ts";

// The build has no page to render, so that only the first shopper's shows what is wrong.
export const dynamic = "error";
export const generateStaticParams = () => [];

interface Props {
  readonly params: Promise<{ order: string }>;
}

export default async function StaticOnly({ params }: Props) {
  const receipt = plainReceipt(await tracker.trackOrder(suiteOrder((await params).order)));
  return <output>{JSON.stringify(receipt)}</output>;
}
