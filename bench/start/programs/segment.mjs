import { Analytics } from "@segment/analytics-node";

new Analytics({ writeKey: "bench" });
