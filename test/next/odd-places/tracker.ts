import { createTracker } from "@avantlink-s2s/next";
import { options } from "./options.ts";

export const tracker = createTracker(options);
