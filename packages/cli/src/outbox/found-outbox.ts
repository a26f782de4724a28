import type { Outbox } from "@avantlink-s2s/core";

/** The outbox that the options name, not opened yet. */
export interface FoundOutbox {
  readonly outbox: Outbox;
  /** Where it is, without a password. */
  readonly place: string;
  /** The server's settings that decide what survives a power cut, where the server reveals them. */
  settings?(): Promise<Readonly<Record<string, string>>>;
  /** Closes the connections that were opened to find it. */
  release(): Promise<void>;
}
