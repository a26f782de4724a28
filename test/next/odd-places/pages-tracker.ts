import { createTracker } from "@avantlink-s2s/next/pages";
import { options } from "./options.ts";

export const tracker = createTracker(options);
