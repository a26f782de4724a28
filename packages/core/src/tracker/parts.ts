import type { Report } from "../reporting/report.ts";
import type { Lifecycle, LifecycleParts } from "./lifecycle.ts";
import type { DeliveryWaits } from "./wait.ts";

/** What a tracker is made of. `create-tracker` makes it once; accepting an order or a click uses it. */
export interface Parts extends Omit<LifecycleParts, "delivery" | "transport" | "warnOnce"> {
  readonly report: Report;
  readonly lifecycle: Lifecycle;
  readonly waits: DeliveryWaits;
}
