/** A Cookie header as the browser will send it once it has taken these Set-Cookie lines. */
export function withCookies(header: string | null, setCookies: readonly string[]): string {
  const ours = new Set(setCookies.map(nameOf));
  const kept = (header ?? "").split(";").filter((pair) => pair.trim() !== "" && !ours.has(nameOf(pair)));
  const added = setCookies.filter((line) => !/;\s*max-age=0(?:;|$)/i.test(line)).map(pairOf);
  return [...kept.map((pair) => pair.trim()), ...added].join("; ");
}

function pairOf(line: string): string {
  return line.split(";", 1)[0] ?? "";
}

/** The name at the head of `name=value`. */
export function nameOf(line: string): string {
  return line.split("=", 1)[0]?.trim() ?? "";
}
