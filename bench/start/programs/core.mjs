import { createTracker } from "@avantlink-s2s/core";

createTracker({ merchantId: "123e4567-e89b-12d3-a456-426614174000", mode: "live" });
