import { systemRuntime } from "@avantlink-s2s/core/adapter";
import { InvalidArgumentError, Option } from "@commander-js/extra-typings";
import { TZDate } from "@date-fns/tz";
import { CommandError, EXIT } from "../exit-codes.ts";
import { harmless } from "../terminal/terminal.ts";

const DAY = /^\d{4}-\d\d-\d\d$/;

export const timeZoneOption = new Option(
  "--time-zone <name>",
  "the shop's time zone, in which days begin, such as America/New_York (default: this machine's)",
).argParser((name: string) => {
  if (isTimeZone(name)) return name;
  throw new InvalidArgumentError("Expected a name such as America/New_York or UTC.");
});

/** The days of a command, as given. */
export interface DayOptions {
  readonly date?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly timeZone?: string | undefined;
}

/** A time, in milliseconds since 1970, and the time zone in which its days begin. */
export interface Days {
  readonly from: number;
  /** The first moment that is not part of it. */
  readonly until: number;
  readonly timeZone: string;
}

/**
 * The time that the options name, if they name one. A day has 23 or 25 hours where the clock is changed.
 * @throws CommandError for what is no date, or a time that ends before it begins
 */
export function daysOf({ date, from, to, timeZone = machinesTimeZone() }: DayOptions): Days | undefined {
  if (date === undefined && from === undefined && to === undefined) return undefined;
  if ((date === undefined) === (from === undefined) || (from === undefined) !== (to === undefined))
    throw new CommandError(EXIT.usage, "Name one day, or two ends.", "Use --date DATE, or --from with --to.");
  const [first = "", last = ""] = date === undefined ? [from, to] : [date, date];
  const days = { from: momentOf(first, timeZone, 0), until: momentOf(last, timeZone, 1), timeZone };
  if (days.from < days.until) return days;
  throw new CommandError(EXIT.usage, "--to is before --from.");
}

/** The day of a moment, as `2026-11-28`. */
export function dayOf(at: number, timeZone = machinesTimeZone()): string {
  return new TZDate(at, timeZone).toISOString().slice(0, 10);
}

/** The beginning of a day, or of the day after it; a moment as it is. */
function momentOf(text: string, timeZone: string, daysLater: 0 | 1): number {
  const now = dayOf(systemRuntime.now(), timeZone);
  const day = text === "today" || text === "yesterday" ? now : text;
  if (isDay(day)) {
    const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
    const before = text === "yesterday" ? 1 : 0;
    return new TZDate(year, month - 1, date - before + daysLater, timeZone).getTime();
  }
  // A time needs its offset: in another time zone it would be another moment.
  const at = /T.*(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(at)) return at;
  throw new CommandError(
    EXIT.usage,
    `"${harmless(text.slice(0, 40))}" is no day.`,
    "Expected 2026-11-28, today, yesterday, or a time with its offset such as 2026-11-28T06:00:00-05:00.",
  );
}

/** Whether a text is a day of the calendar, as `2026-11-28`. */
export function isDay(text: string): boolean {
  return DAY.test(text) && (new Date(`${text}T00:00:00Z`).toJSON()?.startsWith(text) ?? false);
}

function machinesTimeZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}
