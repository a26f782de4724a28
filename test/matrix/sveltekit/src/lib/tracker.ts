import { createTracker } from "@avantlink-s2s/web/sveltekit";
import { options } from "../../suite/options.ts";

export const tracker = createTracker(options);
