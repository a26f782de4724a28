import { plainEvent, trackerOptions } from "./shop.ts";

/** The options of a suite's shop in a process of its own, which prints each event as a line. */
export const options = trackerOptions(
  JSON.parse(process.env.SUITE_SETTINGS ?? '{"endpoint":"http://localhost:1"}'),
  (event) => console.log(`@event ${JSON.stringify(plainEvent(event))}`),
);
