import type { ServerResponse } from "node:http";
import type { PageSource } from "./source.ts";

/**
 * Sends a page a server-sent event after every change; the page then asks for what it shows. A burst of ten thousand
 * orders costs a few questions, and a page that was asleep misses nothing.
 */
export function streamChanges(source: PageSource, response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  let queued = false;
  const send = () => {
    queued = false;
    // A page that does not read gets the event once it reads again.
    if (!response.destroyed && !response.writableNeedDrain) response.write("data: changed\n\n");
  };
  const changed = () => {
    if (queued) return;
    queued = true;
    setImmediate(send);
  };
  response.write("retry: 1000\n\n");
  changed();
  response.on("drain", changed);
  response.on("close", source.subscribe(changed));
}
