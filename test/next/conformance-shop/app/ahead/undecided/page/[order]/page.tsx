import { plainReceipt, suiteOrder } from "../../../../../scenario.ts";
import { tracker } from "../../../../../tracker.ts";

export const generateStaticParams = () => [];

interface Props {
  readonly params: Promise<{ order: string }>;
}

export default async function Undecided({ params }: Props) {
  const receipt = plainReceipt(await tracker.trackOrder(suiteOrder((await params).order)));
  return <output>{JSON.stringify(receipt)}</output>;
}
