import { trackClicks } from "@avantlink-s2s/next/proxy";
import { tracker } from "./tracker.ts";

export const proxy = trackClicks(tracker);
