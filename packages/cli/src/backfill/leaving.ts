import { subscribe, unsubscribe } from "node:diagnostics_channel";

// https://undici.nodejs.org/#/docs/api/DiagnosticsChannel: published right before the request is written.
const CHANNEL = "undici:client:sendHeaders";

/**
 * Tells the body of each request at the moment its first byte leaves this process. Any earlier, and an order that a
 * kill kept from leaving would pass for one that AvantLink may have. Returns what ends it.
 */
export function whenLeaving(told: (body: string) => void): () => void {
  function leaving(message: unknown): void {
    const { request } = message as { readonly request: { readonly body?: unknown } };
    if (request.body instanceof Uint8Array) told(Buffer.from(request.body).toString("utf8"));
  }
  subscribe(CHANNEL, leaving);
  return () => void unsubscribe(CHANNEL, leaving);
}
