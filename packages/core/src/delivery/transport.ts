import type { Answer } from "./answer.ts";

/** One POST. The only way from this package to the network. */
export interface Transport {
  /** Resolves with whatever was answered; rejects with a {@link TransportError} when nothing was. */
  post(request: TransportRequest): Promise<Answer>;
  /** Lets go of idle connections. */
  close(): Promise<void>;
}

/** What is sent. No other header leaves but those the protocol itself needs. */
export interface TransportRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The bound on the whole call, in milliseconds, from connecting to the last byte of the answer. */
  readonly timeoutMs: number;
}

/** Makes the transport once it is needed. */
export type TransportFactory = (options: {
  readonly connections: number;
  readonly loopback: boolean;
}) => Transport;

/** Nothing was answered. */
export class TransportError extends Error {
  override readonly name = "TransportError";
  /** Whether AvantLink may have read the request all the same. */
  readonly maybeTaken: boolean;

  constructor(message: string, maybeTaken: boolean, cause?: unknown) {
    super(message, { cause });
    this.maybeTaken = maybeTaken;
  }
}

/** Most of an answer that is read, in bytes. */
export const LONGEST_ANSWER = 65_536;
