import { nameOf } from "./request-cookies.ts";

// Next keeps the names that were set through `cookies()` here. Nothing else shows a cookie that was set to its old value.
const CHANGED = Symbol.for("next.mutated.cookies");

type Jar = Awaited<ReturnType<typeof import("next/headers.js").cookies>>;
type JarCookie = Extract<Parameters<Jar["set"]>[0], object>;

/**
 * Puts Set-Cookie lines into Next's own jar if the shop's proxy has used it, since Next then sends what is in the
 * jar in place of all that the answer itself says. As in a route handler, the answer's own win.
 */
export async function fillUsedJar(lines: readonly string[]): Promise<void> {
  const jar = await openJar();
  if (!jar || !isUsed(jar)) return;
  for (const line of lines) jar.set(jarCookie(line));
}

async function openJar(): Promise<Jar | undefined> {
  try {
    // Loaded only now, since most proxies have no use for it.
    const { cookies } = await import("next/headers.js");
    return await cookies();
  } catch {
    // A proxy that is called by a test has no jar that could replace anything.
    return undefined;
  }
}

function isUsed(jar: Jar): boolean {
  const changed: unknown = Reflect.get(jar, CHANGED);
  // A Next that keeps no such list is taken at its worst: what is in the jar goes out either way.
  return !Array.isArray(changed) || changed.length > 0;
}

/** A Set-Cookie line as the jar takes it. Next's own reading of one drops `Max-Age=0` and decodes twice. */
function jarCookie(line: string): JarCookie {
  const [pair = "", ...attributes] = line.split(";");
  const said = new Map(attributes.map((one) => [nameOf(one).toLowerCase(), valueIn(one)]));
  const [maxAge, expires] = [said.get("max-age"), said.get("expires")];
  return {
    name: nameOf(pair),
    value: decoded(valueIn(pair)),
    path: said.get("path"),
    domain: said.get("domain"),
    httpOnly: said.has("httponly"),
    secure: said.has("secure"),
    partitioned: said.has("partitioned"),
    sameSite: said.get("samesite")?.toLowerCase() as JarCookie["sameSite"],
    priority: said.get("priority")?.toLowerCase() as JarCookie["priority"],
    ...(maxAge === undefined ? {} : { maxAge: Number(maxAge) }),
    ...(expires === undefined ? {} : { expires: new Date(expires) }),
  };
}

function valueIn(pair: string): string {
  return pair.slice(pair.indexOf("=") + 1).trim();
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
