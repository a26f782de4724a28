import { notFound, redirect } from "next/navigation.js";
import { after } from "next/server.js";
import { plainReceipt, resolvedOrder } from "../../../scenario.ts";
import { tracker } from "../../../tracker.ts";

interface Props {
  readonly searchParams: Promise<Record<string, string>>;
}

/** A confirmation page: the call stands behind the page's own checks. */
export default async function ThankYou({ searchParams }: Props) {
  const query = new URLSearchParams(await searchParams);
  if (query.get("answer") === "404") notFound();
  if (query.get("answer") === "302") redirect("/elsewhere");
  const order = await resolvedOrder(query);
  if (query.has("after")) {
    const context = await tracker.contextOf();
    after(() => tracker.trackOrder(order, context));
    return <output>{"{}"}</output>;
  }
  const receipt = plainReceipt(
    await tracker.trackOrder(order, undefined, { path: query.get("path") ?? undefined }),
  );
  if (query.get("answer") === "500") throw new Error("the shop's page broke");
  return (
    <main>
      <h1>Thank you</h1>
      <output>{JSON.stringify(receipt)}</output>
    </main>
  );
}
