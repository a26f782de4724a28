import type { IncomingMessage, ServerResponse } from "node:http";
import type { Ledger } from "../ledger.ts";

/**
 * Tells a page by server-sent events that something changed; the page then asks for what it shows. So a burst of ten
 * thousand orders costs a page a few questions, and one that was asleep misses nothing.
 */
export function streamChanges(ledger: Ledger, request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  let told = false;
  const tell = () => {
    told = false;
    // A page that does not read is told once it reads again.
    if (!response.destroyed && !response.writableNeedDrain) response.write("data: changed\n\n");
  };
  const changed = () => {
    if (told) return;
    told = true;
    setImmediate(tell);
  };
  response.write("retry: 1000\n\n");
  changed();
  response.on("drain", changed);
  request.on("close", ledger.subscribe(changed));
}
