import type { ConsentRequest } from "../context/request.ts";

/** Reads a banner's answer from a request: a value for the tracker's option `consent`. */
export type ConsentReader = (request: ConsentRequest) => boolean;

/** What every reader takes beside its category. */
export interface ReaderOptions {
  /** The banner's cookie, where the shop gave it another name. @default the banner's own default */
  readonly cookieName?: string | undefined;
  /**
   * The answer while the shopper has not chosen, or where the cookie cannot be read. `"allow"` is for shops whose law
   * lets them track until the shopper objects. @default "deny"
   */
  readonly whenUnknown?: "deny" | "allow" | undefined;
}

/** A browser keeps at most 4,096 bytes of a cookie. */
const MAX_VALUE = 8_192;

/**
 * A reader of one cookie. `answer` is given each raw value of it and says true, false, or undefined where the value
 * holds no answer. Where the cookie arrives more than once, a denial wins.
 */
export function consentReader(
  cookieName: string,
  answer: (value: string) => boolean | undefined,
  options: ReaderOptions = {},
): ConsentReader {
  const { whenUnknown = "deny" } = options;
  const name = text(options.cookieName ?? cookieName, "cookieName");
  if (whenUnknown !== "deny" && whenUnknown !== "allow")
    throw new TypeError(`whenUnknown must be "deny" or "allow"`);
  return (request) => {
    const answers = valuesOf(request, name).map((value) =>
      value.length <= MAX_VALUE ? answer(value) : undefined,
    );
    return agreed(answers) ?? whenUnknown === "allow";
  };
}

/** What several answers say together: one denial denies, and only answers that all grant grant. */
export function agreed(answers: readonly (boolean | undefined)[]): boolean | undefined {
  if (answers.includes(false)) return false;
  return answers.length > 0 && answers.every((answer) => answer === true) ? true : undefined;
}

/** What a list of `name:answer` pairs says of one name, where `yes` and `no` are the banner's own words. */
export function answerInPairs(
  pairs: readonly string[],
  name: string,
  [yes, no]: readonly [yes: string, no: string],
): boolean | undefined {
  const answers = pairs.map((pair) => pair.trim().split(":")).filter(([own]) => own === name);
  return agreed(answers.map(([, answer]) => (answer === yes ? true : answer === no ? false : undefined)));
}

/** A value as the banner wrote it, before it was percent-encoded. */
export function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** The JSON object that a cookie holds, if it holds one. */
export function jsonObject(value: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const parsed: unknown = JSON.parse(decoded(value));
    return typeof parsed === "object" && parsed !== null ? { ...parsed } : undefined;
  } catch {
    return undefined;
  }
}

/** A name that the shop must give. */
export function text(value: string, what: string): string {
  if (typeof value !== "string" || value === "")
    throw new TypeError(`${what} must be a text that is not empty`);
  return value;
}

function valuesOf({ headers }: ConsentRequest, name: string): readonly string[] {
  return (headers.get("cookie") ?? "").split(";").flatMap((pair) => {
    const at = pair.indexOf("=");
    return at > 0 && pair.slice(0, at).trim() === name ? [pair.slice(at + 1).trim()] : [];
  });
}
