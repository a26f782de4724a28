import type { Outbox } from "@avantlink-s2s/core";

/** An outbox that exists, not opened yet. */
export interface FoundOutbox {
  readonly outbox: Outbox;
  /** Where it is, without a password. */
  readonly place: string;
  /** Closes the connections that were opened to find it. */
  release?(): Promise<void>;
}
