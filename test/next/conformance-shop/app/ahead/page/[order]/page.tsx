import { plainReceipt, suiteOrder } from "../../../../scenario.ts";
import { tracker } from "../../../../tracker.ts";

// Rendered at the first request, and then kept for everybody: nobody's confirmation.
export const dynamic = "force-static";
export const generateStaticParams = () => [];

interface Props {
  readonly params: Promise<{ order: string }>;
}

export default async function Ahead({ params }: Props) {
  const { order } = await params;
  const from = order.startsWith("KEPT") ? { avad: "77_f3" } : undefined;
  const receipt = plainReceipt(await tracker.trackOrder(suiteOrder(order), from));
  return <output>{JSON.stringify(receipt)}</output>;
}
