import { InvalidArgumentError, Option } from "@commander-js/extra-typings";

const UNITS: Readonly<Record<string, number>> = {
  "": 1_000,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** Reads an option's duration, such as `90s`, `15m`, `2h` or `1d`, in milliseconds. Without a unit it is seconds. */
export function duration(text: string): number {
  const [, count = "", unit = ""] = /^(\d+)([smhd]?)$/.exec(text) ?? [];
  const ms = Number(count) * (UNITS[unit] ?? 0);
  if (count !== "" && ms > 0 && ms <= 2 ** 31 - 1) return ms;
  throw new InvalidArgumentError("Expected a duration such as 90s, 15m or 2h, at most 24d.");
}

/** An option with a duration, whose help shows the default as a person writes it. */
export function durationOption<const Flags extends string>(flags: Flags, description: string, value: string) {
  return new Option(flags, description).argParser(duration).default(duration(value), value);
}

/** Reads an option's whole number, within bounds. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(
      `Expected a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? "" : ` to ${most}`}.`,
    );
  };
}
