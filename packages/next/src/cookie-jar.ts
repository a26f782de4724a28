import { cookieParts } from "@avantlink-s2s/core/adapter";

// Next keeps the names that were set through `cookies()` here. Nothing else shows a cookie that was set to its old value.
const CHANGED = Symbol.for("next.mutated.cookies");

type Jar = Awaited<ReturnType<typeof import("next/headers.js").cookies>>;

/**
 * Puts Set-Cookie lines into Next's own jar if the shop's proxy has used it, since Next then sends what is in the
 * jar in place of all that the answer itself says. As in a route handler, the answer's own win.
 */
export async function fillUsedJar(lines: readonly string[]): Promise<void> {
  const jar = await openJar();
  if (!jar || !isUsed(jar)) return;
  // Next's own reading of a line drops `Max-Age=0` and decodes twice.
  for (const line of lines) jar.set(cookieParts(line));
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
