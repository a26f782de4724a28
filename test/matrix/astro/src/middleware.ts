import { trackClicks } from "@avantlink-s2s/web/astro";
import { tracker } from "./lib/tracker.ts";

export const onRequest = trackClicks(tracker);
