import type { Answer } from "./answer.ts";

/** One POST. The only way from this package to the network. */
export interface Transport {
  /** Resolves with any answer; rejects with a {@link TransportError} where there was none. */
  post(request: TransportRequest): Promise<Answer>;
  /** Ends what is under way and closes idle connections. */
  close(): Promise<void>;
}

/** What is sent. No other header leaves but those that the protocol itself needs. */
export interface TransportRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The bound on the whole call, in milliseconds, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
}

/** Makes a transport. Every POST gets a connection at once: how many run at a time is the caller's to bound. */
export type TransportFactory = (options: TransportOptions) => Transport;

export interface TransportOptions {
  /** Whether the endpoint is this machine, to which no proxy leads. */
  readonly loopback: boolean;
}

/** There was no answer. The message is a sentence for people; nothing of the engine's own error is kept. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  /** Whether AvantLink may have received the request all the same. */
  readonly mayHaveArrived: boolean;

  constructor(message: string, mayHaveArrived: boolean) {
    super(message);
    this.mayHaveArrived = mayHaveArrived;
  }
}

/** How much of an answer is read, and of a compressed one how much is unpacked, in bytes. */
export const MAX_ANSWER_BYTES = 65_536;
