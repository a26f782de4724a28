import type { ConsentReader } from "./consent-reader.ts";

/** Allows where each of the readers allows. */
export function allOf(...readers: readonly [ConsentReader, ...ConsentReader[]]): ConsentReader {
  const checked = checkReaders(readers);
  return (request) => checked.every((reader) => reader(request) === true);
}

/** Allows where at least one of the readers allows: for shops with one banner in Europe and another elsewhere. */
export function anyOf(...readers: readonly [ConsentReader, ...ConsentReader[]]): ConsentReader {
  const checked = checkReaders(readers);
  return (request) => checked.some((reader) => reader(request) === true);
}

function checkReaders(readers: readonly ConsentReader[]): readonly ConsentReader[] {
  if (readers.length === 0 || readers.some((reader) => typeof reader !== "function"))
    throw new TypeError('Give allOf and anyOf consent readers, such as cookiebot("marketing")');
  return readers;
}
