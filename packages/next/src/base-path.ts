// Next evaluates this module several times in one process.
const BASE_PATH = Symbol.for("avantlink-s2s.next.base-path");

/** Keeps the `basePath` of the shop's Next configuration. Only the proxy's requests know it. */
export function keepBasePath(basePath: string | undefined): void {
  if (basePath) Reflect.set(globalThis, BASE_PATH, basePath);
}

/** A route's own path as the browser knows it, once the proxy has seen a request in this process. */
export function withBasePath(path: string): string {
  const basePath: unknown = Reflect.get(globalThis, BASE_PATH);
  if (typeof basePath !== "string") return path;
  const { pathname } = new URL(path, "http://localhost");
  return pathname === basePath || pathname.startsWith(`${basePath}/`) ? path : basePath + path;
}
