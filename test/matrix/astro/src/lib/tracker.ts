import { createTracker } from "@avantlink-s2s/web/astro";
import { options } from "../../suite/options.ts";

export const tracker = createTracker(options);
