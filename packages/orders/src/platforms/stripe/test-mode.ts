import type { JsonField } from "../../reading/json-field.ts";
import { testOrder, type Unsent } from "../../reading/platform-order.ts";

export function inTestMode(object: JsonField): Unsent | undefined {
  const live = object.at("livemode");
  return live.flag() === false ? testOrder(live, "is false: this is Stripe's test mode") : undefined;
}
