import { redirect } from "next/navigation.js";
import { suiteOrder } from "../../../scenario.ts";
import { tracker } from "../../../tracker.ts";

async function buy(form: FormData): Promise<void> {
  "use server";
  const order = String(form.get("order"));
  await tracker.trackOrder(suiteOrder(order), undefined, { path: "/rsc/thank-you" });
  redirect(`/rsc/thank-you?order=${order}`);
}

export default function Checkout() {
  return (
    <form action={buy}>
      <input name="order" />
      <button type="submit">Buy</button>
    </form>
  );
}
