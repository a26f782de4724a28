import { after } from "next/server.js";

/** Next's own way to run on after a response. A promise that is handed over goes on even if the shopper has left. */
export function afterResponse(promise: Promise<unknown>): void {
  try {
    after(promise);
  } catch {
    // Outside a request (a script, a test) there is no response to run on after.
  }
}
