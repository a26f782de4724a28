import { CommandError, EXIT } from "../exit-codes.ts";
import { codeOf, reasonOf } from "../files/read-file.ts";

/** A server's address as it may be printed: without user and password. */
export function placeOf(url: string, protocols: readonly string[], example: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && protocols.includes(parsed.protocol))
    return `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
  const message = `This is no ${protocols[0]} address.`;
  throw new CommandError(EXIT.usage, message, `Expected an address such as ${example}.`);
}

/** The error for a server on which no shop has opened an outbox of this name. */
export function noOutbox(message: string, noun: "queue" | "schema"): CommandError {
  const help = `Use --${noun} with the name that the shop's outbox has. A shop creates its ${noun} when it first starts.`;
  return new CommandError(EXIT.usage, message, help);
}

export function cannotConnect(place: string, server: "Redis" | "PostgreSQL", cause: unknown): CommandError {
  const code = codeOf(cause);
  const option = server === "Redis" ? "--redis" : "--postgres";
  const isLogin = /^28\w{3}$|\b(?:NOAUTH|WRONGPASS)\b/.test(code);
  const [message, help] = isLogin
    ? [
        `Can't log in to ${server} at ${place} (${code.slice(0, 40)}).`,
        `Check the user and password in ${option}.`,
      ]
    : [
        `Can't connect to ${place} (${reasonOf(cause)}).`,
        `Is ${server} running, and is the URL in ${option} right?`,
      ];
  return new CommandError(EXIT.unreachable, message, help, cause);
}
