import { subscribe, unsubscribe } from "node:diagnostics_channel";

// https://undici.nodejs.org/#/docs/api/DiagnosticsChannel: the one is published right before the request is written,
// the other once the whole answer is there.
const LEAVING = "undici:client:sendHeaders";
const ANSWERED = "undici:request:trailers";

/** What is told of requests, by their body. */
export interface WireReports {
  /**
   * Its first byte leaves this process now. Any earlier, and an order that a kill kept from leaving would pass for
   * one that AvantLink may have.
   */
  readonly leaving: (body: string) => void;
  /** The whole answer is there, whatever it says. */
  readonly answered: (body: string) => void;
}

/** Watches this process's requests. Returns what ends it. */
export function watchWire({ leaving, answered }: WireReports): () => void {
  const onLeaving = (message: unknown) => tell(message, leaving);
  const onAnswered = (message: unknown) => tell(message, answered);
  subscribe(LEAVING, onLeaving);
  subscribe(ANSWERED, onAnswered);
  return () => {
    unsubscribe(LEAVING, onLeaving);
    unsubscribe(ANSWERED, onAnswered);
  };
}

function tell(message: unknown, told: (body: string) => void): void {
  const { request } = message as { readonly request: { readonly body?: unknown } };
  if (request.body instanceof Uint8Array) told(Buffer.from(request.body).toString("utf8"));
}
