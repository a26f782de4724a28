import { createTracker } from "@avantlink-s2s/next";
import { plainEvent, trackerOptions } from "./scenario.ts";

export const tracker = createTracker(
  trackerOptions(JSON.parse(process.env.SUITE_SETTINGS ?? '{"endpoint":"http://localhost:1"}'), (event) =>
    console.log(`@event ${JSON.stringify(plainEvent(event))}`),
  ),
);
