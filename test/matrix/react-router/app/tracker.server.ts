import { createTracker } from "@avantlink-s2s/web/react-router";
import { options } from "../suite/options.ts";

export const tracker = createTracker(options);
