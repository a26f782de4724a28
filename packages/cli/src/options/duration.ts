import { InvalidArgumentError } from "@commander-js/extra-typings";

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
