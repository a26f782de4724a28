import { plainEvent, trackerOptions } from "./scenario.ts";

export const options = trackerOptions(
  JSON.parse(process.env.SUITE_SETTINGS ?? '{"endpoint":"http://localhost:1"}'),
  (event) => console.log(`@event ${JSON.stringify(plainEvent(event))}`),
);
