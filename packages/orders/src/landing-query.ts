/**
 * A parameter of a raw query, by the rules of the click token: percent-decoded once, `+` stays `+`, what cannot be
 * decoded stays raw, and the last value that is not empty wins.
 */
export function landingValue(address: string, name: string): string | undefined {
  const query = /\?([^#]*)/.exec(address)?.[1] ?? "";
  const values = query
    .split("&")
    .filter((parameter) => parameter.startsWith(`${name}=`))
    .map((parameter) => decodedOnce(parameter.slice(name.length + 1)));
  return values.findLast((value) => value !== "");
}

function decodedOnce(raw: string): string {
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}
