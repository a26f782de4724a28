import type { TrackerOptions } from "@avantlink-s2s/web";
import { plainEvent, trackerOptions } from "../../conformance/shop.ts";

/** The options of a suite's shop in a process of its own, which prints each event as a line. */
export function printedOptions(settings: string | undefined): TrackerOptions {
  return trackerOptions(JSON.parse(settings ?? "{}"), (event) =>
    console.log(`@event ${JSON.stringify(plainEvent(event))}`),
  );
}
