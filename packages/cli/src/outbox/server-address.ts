import type { Outbox } from "@avantlink-s2s/core";
import { CommandError, EXIT } from "../exit-codes.ts";
import { codeOf, reasonOf } from "../files/read-file.ts";

/** The outbox that the options name, not opened yet. */
export interface FoundOutbox {
  readonly outbox: Outbox;
  /** Where it is, without a password. */
  readonly place: string;
  /** Closes the connections that were opened to find it. */
  release(): Promise<void>;
}

/** A queue on a server. */
export interface ServerAddress {
  readonly url: string;
  readonly queue: string | undefined;
}

/** A server's address as it may be printed: without user and password. */
export function placeOf(url: string, protocols: readonly string[], example: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !protocols.includes(parsed.protocol)) {
    throw new CommandError(
      EXIT.usage,
      `This is no ${protocols[0]} address.`,
      `Expected an address such as ${example}.`,
    );
  }
  return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}

export function noQueue(queue: string, place: string): CommandError {
  return new CommandError(
    EXIT.usage,
    `There is no queue "${queue}" at ${place}.`,
    "Use --queue with the name that the shop's outbox has. A shop creates its queue when it first starts.",
  );
}

export function cannotConnect(place: string, server: "Redis" | "PostgreSQL", cause: unknown): CommandError {
  const code = codeOf(cause);
  const option = server === "Redis" ? "--redis" : "--postgres";
  const isLogin = /^(?:28\w{3}|NOAUTH|WRONGPASS)$/.test(code) || /\b(?:NOAUTH|WRONGPASS)\b/.test(code);
  if (isLogin) {
    return new CommandError(
      EXIT.unreachable,
      `Can't log in to ${server} at ${place} (${code.slice(0, 40)}).`,
      `Check the user and password in ${option}.`,
      cause,
    );
  }
  return new CommandError(
    EXIT.unreachable,
    `Can't connect to ${place} (${reasonOf(cause)}).`,
    `Is ${server} running, and is the URL in ${option} right?`,
    cause,
  );
}
