import { trackOrder } from "@avantlink-s2s/next";
import { plainReceipt, suiteOrder } from "../../../../scenario.ts";
import { tracker } from "../../../../tracker.ts";

// Rendered at the first request, and then kept for everybody: nobody's confirmation.
export const dynamic = "force-static";
export const generateStaticParams = () => [];

interface Props {
  readonly params: Promise<{ order: string }>;
}

export default async function Ahead({ params }: Props) {
  const receipt = plainReceipt(await trackOrder(tracker, suiteOrder((await params).order)));
  return <output>{JSON.stringify(receipt)}</output>;
}
