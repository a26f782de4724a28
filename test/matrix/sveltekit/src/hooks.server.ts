import { trackClicks } from "@avantlink-s2s/web/sveltekit";
import type { Handle } from "@sveltejs/kit";
import { tracker } from "./lib/tracker.ts";

export const handle: Handle = trackClicks(tracker);
